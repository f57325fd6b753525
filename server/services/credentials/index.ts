/** Certificates issued in bulk, held by people, checked by anybody, revoked one by one. */
import { defineService } from '../define.ts';
import { actions } from './actions.ts';
import { checks } from './checks.ts';
import { figures } from './figures.ts';
import { queries } from './queries.ts';
import { CERTIFICATE_TYPES, CERTIFICATES } from './records.ts';
import { fold } from './view.ts';
import { words } from './words.ts';

export const credentials = defineService({
  id: 'credentials',
  title: { ko: '증명서', en: 'Credentials' },
  summary: {
    ko: '자격·수료·경력 증명을 발급하고, 누구나 진위와 상태를 확인합니다.',
    en: 'Eligibility, course and employment certificates: issued, held, checked, revoked.',
  },
  schemas: CERTIFICATE_TYPES.map((type) => CERTIFICATES[type].schema),
  actions,
  queries,
  fold,
  checks,
  words,
  figures,
});
