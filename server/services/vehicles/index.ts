/** Used cars: purchase, inspection and sale, and what a buyer may know of a car. */
import { defineService } from '../define.ts';
import { actions } from './actions.ts';
import { checks } from './checks.ts';
import { DISPUTE_SCHEMA, foldDispute, isDispute } from './dispute.ts';
import { figures } from './figures.ts';
import { queries } from './queries.ts';
import { RECORD_TYPES, RECORDS } from './records.ts';
import { fold } from './view.ts';
import { words } from './words.ts';

export const vehicles = defineService({
  id: 'vehicles',
  title: { ko: '중고차 기록', en: 'Used cars' },
  summary: {
    ko: '매입, 성능·상태점검, 판매를 기록하고 누구나 차량의 이력을 확인합니다.',
    en: 'Purchases, inspections and sales on record; anybody may look up a car.',
  },
  schemas: [...RECORD_TYPES.map((type) => RECORDS[type].schema), DISPUTE_SCHEMA],
  actions,
  queries,
  *fold(event) {
    const isDoubt = event.name === 'EntryRecorded' && isDispute(event.args);
    return yield* isDoubt ? foldDispute(event) : fold(event);
  },
  checks,
  words,
  figures,
});
