/** Text of every code of this service: refusals, states, reasons, checks. Labels of fields stand in their schemas. */
import type { Words } from '../define.ts';

export const words: Words = {
  ORGANISATION_REQUIRED: { ko: '기관만 할 수 있습니다.', en: 'Only an organisation may do this.' },
  EXPIRED_AT_ISSUE: {
    ko: '효력 종료일이 오늘({today})보다 빠릅니다.',
    en: 'It would end before today ({today}).',
  },
  PERIOD_REVERSED: { ko: '기간의 끝이 시작보다 빠릅니다.', en: 'The period ends before it begins.' },
  CREDENTIAL_UNKNOWN: {
    ko: '아직 확정되지 않았거나 이곳에서 발급하지 않은 증명입니다.',
    en: 'Not final yet, or not issued here.',
  },
  NOT_THE_ISSUER: {
    ko: '발급기관({issuer})만 바꿀 수 있습니다.',
    en: 'Only its issuer, {issuer}, may change it.',
  },
  CREDENTIAL_STATUS: {
    ko: '현재 상태({status})에서는 할 수 없습니다.',
    en: 'Not possible while it is {status}.',
  },

  'state.valid': { ko: '유효', en: 'Valid' },
  'state.suspended': { ko: '정지', en: 'Suspended' },
  'state.revoked': { ko: '폐기', en: 'Revoked' },
  'state.expired': { ko: '기간 만료', en: 'Expired' },
  'state.not-yet-valid': { ko: '효력 시작 전', en: 'Not valid yet' },
  'state.unknown': { ko: '확인할 수 없음', en: 'Cannot tell' },

  REVOKED: { ko: '발급기관이 폐기했습니다.', en: 'Revoked by its issuer.' },
  SUSPENDED: { ko: '발급기관이 효력을 정지했습니다.', en: 'Suspended by its issuer.' },
  EXPIRED: { ko: '{validUntil}에 기간이 끝났습니다.', en: 'Ended on {validUntil}.' },
  NOT_YET_VALID: { ko: '{validFrom}부터 효력이 있습니다.', en: 'Valid from {validFrom} on.' },
  NOT_ANCHORED_YET: {
    ko: '발급되었으나 아직 원장에 확정되지 않았습니다.',
    en: 'Issued, but not final on the ledger yet.',
  },
  DOCUMENT_NOT_HELD: {
    ko: '문서가 삭제되었거나 이곳에 없어 기간을 확인할 수 없습니다.',
    en: 'The document was erased or is not held here, so its days cannot be checked.',
  },
  UNKNOWN_HERE: { ko: '이곳에서 알지 못하는 증명입니다.', en: 'Not known here.' },

  'credentials.accredited': {
    ko: '기록 당시 이 서식({schema})의 발급 자격이 있는 기관({issuer})',
    en: 'The issuer, {issuer}, was accredited for this form ({schema}) when it was recorded',
  },
  'credentials.form': { ko: '서식의 항목을 모두 갖춤', en: 'Complete by its form' },
  'credentials.issuer': {
    ko: '문서의 발급기관이 기록의 서명 기관과 같음',
    en: 'Issued by the organisation that signed',
  },
  'credentials.issued': {
    ko: '발급일이 원장 기록일보다 늦지 않음',
    en: 'Not issued later than it was recorded',
  },
  'credentials.period': {
    ko: '유효기간({validFrom} ~ {validUntil}) 안',
    en: 'Within its period, {validFrom} to {validUntil}',
  },
  'credentials.status': {
    ko: '폐기·정지되지 않음(인터넷에 연결되어야 확인됩니다)',
    en: 'Neither revoked nor suspended (only known when online)',
  },
};
