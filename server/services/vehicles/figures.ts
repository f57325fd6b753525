/** What is counted of used cars: records by form, changes to them, and cars that have any record. */
import { ENTRY_KINDS } from '../../core/submission.ts';
import type { Figures } from '../define.ts';
import { isDispute } from './dispute.ts';
import { isRecorded, typeOfEntry } from './view.ts';

export const figures: Figures = {
  kinds: {
    purchase: { label: { ko: '매입', en: 'Purchases' } },
    inspection: { label: { ko: '성능·상태점검', en: 'Inspections' } },
    sale: { label: { ko: '판매', en: 'Sales' } },
    change: { label: { ko: '정정·상태 변경·이의', en: 'Corrections, changes of status, disputes' } },
  },
  things: { cars: { ko: '기록이 있는 차량', en: 'Cars on record' } },
  *count(event) {
    if (event.name !== 'EntryRecorded') return {};
    const type = typeOfEntry(event.args);
    if (type === undefined) return isDispute(event.args) ? { change: 1 } : {};
    // A change names a record, so its car is known.
    if (ENTRY_KINDS[event.args.kind - 1] !== 'create') return { change: 1 };
    const isNew = !(yield* isRecorded(event.args.subject));
    return { [type]: 1, ...(isNew && { cars: 1 }) };
  },
};
