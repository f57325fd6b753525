/** Text of every code of this service: refusals, states, reasons, checks. Labels of fields stand in their schemas. */
import type { Words } from '../define.ts';
import { FIELD_WORDS } from '../fields.ts';

export const words: Words = {
  ...FIELD_WORDS,
  NUMBER_FORM: {
    ko: '증명서 번호는 영문, 숫자, -만 쓸 수 있습니다.',
    en: 'Letters, digits and hyphens only.',
  },
  KEY_FORM: { ko: '링크가 온전하지 않습니다.', en: 'The link is not complete.' },
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

  'issuer-accredited': { ko: '발급 자격이 있는 기관({issuer})', en: 'The issuer, {issuer}, was accredited' },
  'issuer-accredited.proves': {
    ko: '기록될 때 이 기관은 이 서식({schema})의 발급 자격이 있었습니다. 자격이 없으면 원장이 받지 않습니다.',
    en: 'When it was recorded, the issuer was accredited for this form ({schema}); the ledger takes it from nobody else.',
  },
  'issuer-accredited.proves-not': {
    ko: '지금도 자격이 있는지는 말하지 않습니다.',
    en: 'It does not show that it still is.',
  },
  'credential-form': { ko: '서식의 항목을 모두 갖춤', en: 'Complete by its form' },
  'credential-form.proves': {
    ko: '증명서의 항목이 서식과 맞습니다.',
    en: 'Its items are those of the form.',
  },
  'credential-form.proves-not': {
    ko: '제시한 사람이 본인인지는 말하지 않습니다. 신분증과 견주어 보세요.',
    en: 'It does not show that whoever presents it is the holder: compare with an identity card.',
  },
  'credential-form.other-schema': {
    ko: '이 서비스의 서식({schema})이 아닙니다.',
    en: 'Not a form of this service ({schema}).',
  },
  'credential-form.no-document': {
    ko: '문서가 없어 확인하지 않았습니다.',
    en: 'Not checked: the document is not at hand.',
  },
  'credential-form.broken': { ko: '항목이 잘못되었습니다: {field}', en: 'Wrong or missing: {field}' },
  'credential-issuer': {
    ko: '문서의 발급기관({written})이 서명 기관과 같음',
    en: 'Issued by the organisation that signed, {written}',
  },
  'credential-issuer.proves': { ko: '이 기관이 서명하여 발급했습니다.', en: 'This organisation signed it.' },
  'credential-issuer.proves-not': {
    ko: '내용이 사실인지는 발급기관의 말입니다.',
    en: 'What it says is the word of the issuer.',
  },
  'credential-issuer.differs': { ko: '서명 기관은 {recorded}입니다.', en: 'It was signed by {recorded}.' },
  'credential-issued': {
    ko: '발급일({issuedOn})이 원장 기록일보다 늦지 않음',
    en: 'Issued on {issuedOn}, not later than recorded',
  },
  'credential-issued.proves': {
    ko: '원장에는 {recordedOn}에 기록되었습니다.',
    en: 'It was recorded on {recordedOn}.',
  },
  'credential-issued.proves-not': {
    ko: '발급일이 앞당겨 적히지 않았다는 뜻은 아닙니다.',
    en: 'It does not show that the day of issue was not written too early.',
  },
  'credential-issued.after-recording': {
    ko: '발급일이 기록일({recordedOn})보다 늦습니다.',
    en: 'Dated after it was recorded on {recordedOn}.',
  },
  'credential-period': {
    ko: '유효기간({validFrom} ~ {validUntil}) 안',
    en: 'Within its period, {validFrom} to {validUntil}',
  },
  'credential-period.proves': { ko: '오늘은 유효기간 안의 날입니다.', en: 'Today is one of its days.' },
  'credential-period.proves-not': {
    ko: '그 사이에 폐기되지 않았다는 뜻은 아닙니다.',
    en: 'It does not show that it was not revoked.',
  },
  'credential-period.expired': { ko: '{validUntil}에 기간이 끝났습니다.', en: 'It ended on {validUntil}.' },
  'credential-period.not-yet-valid': {
    ko: '{validFrom}부터 효력이 있습니다.',
    en: 'It is valid from {validFrom} on.',
  },
  'credential-period.no-clock': {
    ko: '오늘 날짜를 몰라 확인하지 않았습니다.',
    en: "Not checked: today's date is not known.",
  },
  'credential-status': { ko: '폐기·정지되지 않음', en: 'Neither revoked nor suspended' },
  'credential-status.proves': {
    ko: '지금 원장에 폐기나 정지 기록이 없습니다.',
    en: 'The ledger holds no revocation or suspension now.',
  },
  'credential-status.proves-not': {
    ko: '내일도 그렇다는 뜻은 아닙니다.',
    en: 'It does not show what it will be tomorrow.',
  },
  'credential-status.offline': {
    ko: '인터넷에 연결되지 않아 폐기·정지 여부를 확인하지 못했습니다.',
    en: 'Not checked: only known when online.',
  },
  'credential-status.suspended': { ko: '발급기관이 효력을 정지했습니다.', en: 'Suspended by its issuer.' },
  'credential-status.revoked': { ko: '발급기관이 폐기했습니다.', en: 'Revoked by its issuer.' },
};
