/** Text of every code of this service: refusals, notices, states, alerts, checks. Labels of fields stand in their schemas. */
import type { Words } from '../define.ts';
import { FIELD_WORDS } from '../fields.ts';
import { REASONS } from './reasons.ts';

const refusals: Words = {
  ORGANISATION_REQUIRED: { ko: '기관만 할 수 있습니다.', en: 'Only an organisation may do this.' },
  VIN_LENGTH: {
    ko: '차대번호는 17자리입니다. 지금은 {length}자리입니다.',
    en: 'A VIN has 17 characters, this one has {length}.',
  },
  VIN_CHARACTER: {
    ko: '{position}번째 글자 {character}은(는) 차대번호에 쓰이지 않습니다(I, O, Q 없음).',
    en: 'Character {position}, {character}, is never part of a VIN (no I, O or Q).',
  },
  VIN_CHECK_DIGIT: {
    ko: '9번째 자리가 {expected}이어야 하는데 {found}입니다. 차대번호를 다시 확인하세요.',
    en: 'Position 9 must be {expected}, not {found}. Read the VIN again.',
  },
  PLATE_FORM: {
    ko: '자동차등록번호 형식이 아닙니다. 예: 12가3456',
    en: 'Not a Korean number plate, for example 12가3456.',
  },
  VIN_OR_PLATE: { ko: '차대번호와 등록번호 중 하나만 입력하세요.', en: 'Give either the VIN or the plate.' },
  DATE_IN_FUTURE: {
    ko: '오늘({today}) 이후 날짜는 기록할 수 없습니다.',
    en: 'A day after today ({today}) cannot be recorded.',
  },
  ALREADY_IN_STOCK: { ko: '이미 매입하여 보유 중인 차량입니다.', en: 'This car is already in your stock.' },
  NOT_IN_STOCK: {
    ko: '매입 기록이 없어 판매를 등록할 수 없습니다.',
    en: 'Without a purchase no sale can be registered.',
  },
  ALREADY_SOLD: { ko: '이미 판매 등록된 차량입니다.', en: 'This car is already registered as sold.' },
  SOLD_BEFORE_PURCHASE: {
    ko: '판매일이 매입일({purchasedOn})보다 빠릅니다.',
    en: 'Sold before it was bought on {purchasedOn}.',
  },
  NUMBER_TAKEN: {
    ko: '이미 쓴 기록부 번호입니다: {number}',
    en: 'This record number is already used: {number}',
  },
  NUMBER_FIXED: { ko: '기록부 번호는 정정할 수 없습니다.', en: 'The record number cannot be corrected.' },
  INSPECTION_UNKNOWN: { ko: '점검기록부를 찾을 수 없습니다.', en: 'No such inspection record.' },
  INSPECTION_OF_ANOTHER_VEHICLE: {
    ko: '다른 차량의 점검기록부입니다.',
    en: 'This inspection record is of another car.',
  },
  RECORD_UNKNOWN: { ko: '아직 확정되지 않았거나 없는 기록입니다.', en: 'No such record, or not final yet.' },
  RECORD_OF_ANOTHER_TYPE: { ko: '다른 종류의 기록입니다.', en: 'A record of another kind.' },
  RECORD_STATUS: {
    ko: '기록 상태({status})에서는 할 수 없습니다.',
    en: 'Not possible while the record is {status}.',
  },
  NOT_THE_AUTHOR: {
    ko: '작성 기관({organisation})만 바꿀 수 있습니다.',
    en: 'Only its author, {organisation}, may change it.',
  },
  ALREADY_DISPUTED: {
    ko: '이 기록에는 이미 이의를 제기하셨습니다.',
    en: 'You dispute this record already.',
  },
  DISPUTE_CLOSED: { ko: '이미 처리된 이의입니다.', en: 'This dispute is closed.' },
  NOT_THE_DISPUTER: {
    ko: '이의를 제기한 기관({organisation})이나 시만 처리할 수 있습니다.',
    en: 'Only {organisation}, who disputes it, or the city can close it.',
  },
  CITY_ONLY: { ko: '시만 처리할 수 있습니다.', en: 'Only the city can do this.' },
  VEHICLE_DIFFERENT: {
    ko: '차대번호는 정정할 수 없습니다. 기록을 철회하고 새로 등록하세요.',
    en: 'The VIN cannot be corrected: withdraw the record and register it anew.',
  },
  CORRECTION_TOO_LATE: {
    ko: '주행거리는 기록 후 5영업일({until})까지만 정정할 수 있습니다.',
    en: 'A reading can be corrected for five working days only, until {until}.',
  },
  BODY_POSITION_TWICE: { ko: '같은 부위를 두 번 적었습니다.', en: 'This position is given twice.' },
  BODY_CODE_TWICE: { ko: '같은 부호를 두 번 적었습니다.', en: 'The same code is given twice.' },
  CUT_OR_WELDED_MISSING: { ko: '절단 또는 용접 여부를 답하세요.', en: 'Say whether it was cut or welded.' },
  ACCIDENT_CONTRADICTED: {
    ko: '골격 부위의 판금·용접이나 교환이 있으면 사고이력은 "있음"입니다.',
    en: 'With such a repair the accident history is not "none".',
  },
  SIMPLE_REPAIR_CONTRADICTED: {
    ko: '외판 교환이나 판금이 있으면 단순수리는 "있음"입니다.',
    en: 'With a repaired outer panel simple repair is not "none".',
  },
  ENGINE_ITEMS_ON_ELECTRIC: {
    ko: '전기·수소전기차에는 원동기 항목이 없습니다.',
    en: 'An electric car has no engine items.',
  },
  EMISSIONS_ON_ELECTRIC: {
    ko: '전기·수소전기차에는 배출가스 항목이 없습니다.',
    en: 'An electric car has no emissions.',
  },
  ENGINE_ITEMS_MISSING: { ko: '원동기 항목을 적으세요.', en: 'The engine items are missing.' },
  HIGH_VOLTAGE_MISSING: { ko: '고전원 전기장치 항목을 적으세요.', en: 'The high-voltage items are missing.' },
  GEARBOX_MISMATCH: {
    ko: '변속기 종류와 맞지 않는 항목입니다.',
    en: 'Does not fit the kind of transmission.',
  },
  TUNING_KIND_MISSING: {
    ko: '튜닝 대상(구조·장치)을 고르세요.',
    en: 'Say what was tuned, structure or device.',
  },
  REGISTERED_AFTER_INSPECTION: {
    ko: '최초등록일이 점검일보다 늦습니다.',
    en: 'First registered after the inspection.',
  },
  PERIOD_REVERSED: { ko: '기간의 끝이 시작보다 빠릅니다.', en: 'The period ends before it begins.' },
  NUMBER_FORM: {
    ko: '기록부 번호는 숫자 세 부분을 -로 잇습니다. 예: 04-26-001234',
    en: 'Three numbers joined by hyphens, e.g. 04-26-001234.',
  },
  PHONE_FORM: {
    ko: '전화번호 형식이 아닙니다. 예: 010-1234-5678',
    en: 'Not a telephone number, e.g. 010-1234-5678.',
  },
  DECIMAL_FORM: {
    ko: '소수점 아래 두 자리까지의 수를 적으세요.',
    en: 'A number with at most two decimal places.',
  },
  PHOTOGRAPH_FORM: {
    ko: '사진은 {maxBytes}바이트까지의 온전한 JPEG여야 합니다.',
    en: 'A photograph is a complete JPEG file of up to {maxBytes} bytes.',
  },
  PHOTOGRAPH_TOO_LARGE: {
    ko: '사진의 한 변은 {maxSide}픽셀까지입니다.',
    en: 'A photograph has up to {maxSide} pixels on a side.',
  },
  PHOTOGRAPH_METADATA: {
    ko: '사진에 촬영 장소나 기기 같은 정보(EXIF 등)가 들어 있습니다. 지우고 올리세요.',
    en: 'The photograph tells where or with what it was taken (EXIF or the like). Remove that first.',
  },
  PHOTOGRAPHS_WAITING: {
    ko: '아직 기록부에 넣지 않은 사진이 {max}장 있습니다. 먼저 기록부를 등록하세요.',
    en: 'There are {max} photographs that no record names yet. Register the records first.',
  },
  DIGEST_FORM: { ko: 'SHA-256 값은 16진수 64자리입니다.', en: 'A SHA-256 value is 64 hexadecimal digits.' },
};

const notices: Words = {
  VIN_CHECK_DIGIT_UNUSED: {
    ko: '이 차대번호에는 검사숫자가 없어 오기를 걸러낼 수 없습니다. 다시 확인하세요.',
    en: 'This VIN carries no check digit, so a typing error cannot be seen. Compare it again.',
  },
  INSPECTION_MISSING: { ko: '유효한 점검기록부가 없습니다.', en: 'There is no inspection record.' },
  INSPECTION_EXPIRED: {
    ko: '점검기록부가 {validUntil}에 만료되었습니다.',
    en: 'The inspection record expired on {validUntil}.',
  },
  INSPECTION_NOT_STANDING: {
    ko: '점검기록부의 효력이 없습니다({status}).',
    en: 'The inspection record does not stand ({status}).',
  },
  ODOMETER_LOWER: {
    ko: '주행거리 {km} km가 이전 기록 {earlierKm} km보다 적습니다.',
    en: 'The reading of {km} km is lower than the earlier {earlierKm} km.',
  },
  TOO_FEW_READINGS: { ko: '비교할 주행거리 기록이 부족합니다.', en: 'Too few readings to compare.' },
  METER_REPLACED: { ko: '계기판이 교체되어 판단할 수 없습니다.', en: 'The meter was replaced: no verdict.' },
  HIGHER_READING_WITHDRAWN: {
    ko: '철회되거나 대체된 기록의 주행거리({earlierKm} km)가 더 많았습니다.',
    en: 'A withdrawn or replaced record had a higher reading, {earlierKm} km.',
  },
  IMPROBABLY_HIGH: {
    ko: '{earlierKm} km에서 {km} km로 짧은 기간에 크게 늘었습니다.',
    en: 'From {earlierKm} km to {km} km in a short time.',
  },
  IN_TWO_STOCKS: {
    ko: '두 매매상사가 동시에 보유 중으로 기록되어 있습니다.',
    en: 'Recorded in the stock of two dealers at once.',
  },
  INSPECTED_TWICE_WITHIN_A_DAY: {
    ko: '하루 안에 서로 다른 기관이 점검했습니다.',
    en: 'Inspected by two organisations within a day.',
  },
};

const states: Words = {
  'type.purchase': { ko: '매입', en: 'Purchase' },
  'type.inspection': { ko: '성능·상태점검', en: 'Inspection' },
  'type.sale': { ko: '판매', en: 'Sale' },
  'status.active': { ko: '유효', en: 'Stands' },
  'status.suspended': { ko: '정지', en: 'Suspended' },
  'status.disputed': { ko: '이의 제기 중', en: 'Disputed' },
  'status.amended': { ko: '정정됨', en: 'Corrected' },
  'status.superseded': { ko: '대체됨', en: 'Superseded' },
  'status.revoked': { ko: '철회됨', en: 'Withdrawn' },
  'state.in-force': { ko: '유효기간 안', en: 'In force' },
  'state.expired': { ko: '유효기간 지남', en: 'Expired' },
  'state.suspended': { ko: '정지', en: 'Suspended' },
  'state.disputed': { ko: '이의 제기 중', en: 'Disputed' },
  'state.in-stock': { ko: '보유 중', en: 'In stock' },
  'state.sold': { ko: '판매됨', en: 'Sold' },
  'verdict.logical': { ko: '이상 없음', en: 'Logical' },
  'verdict.illogical': { ko: '이상 있음', en: 'Illogical' },
  'verdict.none': { ko: '판단할 수 없음', en: 'No verdict' },
};

/** As in verify/words.ts: what a check shows, what it does not, and by reason why it failed or was skipped. */
const checks: Words = {
  'vehicle-form': {
    ko: '서식의 항목을 모두 갖추고 서로 어긋나지 않음',
    en: 'Complete by its form and without contradiction',
  },
  'vehicle-form.proves': {
    ko: '법정 서식의 항목이 모두 있고, 사고·수리·동력 항목이 서로 모순되지 않습니다.',
    en: 'All items of the form are there, and none contradicts another.',
  },
  'vehicle-form.proves-not': {
    ko: '적힌 내용이 실제 차와 같은지는 말하지 않습니다.',
    en: 'It does not show that the car is as written.',
  },
  'vehicle-form.other-schema': { ko: '이 서비스의 서식이 아닙니다.', en: 'Not a form of this service.' },
  'vehicle-form.no-document': {
    ko: '문서가 없어 확인하지 않았습니다.',
    en: 'Not checked: the document is not at hand.',
  },
  'vehicle-form.broken': { ko: '항목이 잘못되었습니다: {field}', en: 'Wrong or missing: {field}' },
  'vehicle-author': {
    ko: '문서의 작성 기관({written})이 서명 기관과 같음',
    en: 'Written by the organisation that signed, {written}',
  },
  'vehicle-author.proves': {
    ko: '이 기관이 서명하여 기록했습니다.',
    en: 'This organisation signed the record.',
  },
  'vehicle-author.proves-not': {
    ko: '점검자 개인이 누구인지는 말하지 않습니다.',
    en: 'It says nothing about the person who inspected.',
  },
  'vehicle-author.differs': {
    ko: '서명 기관은 {recorded}입니다.',
    en: 'The record was signed by {recorded}.',
  },
  'vehicle-day': { ko: '문서의 날짜({written})가 기록의 날짜와 같음', en: 'Dated as recorded, {written}' },
  'vehicle-day.proves': {
    ko: '문서와 원장이 같은 날을 말합니다.',
    en: 'Document and ledger name the same day.',
  },
  'vehicle-day.proves-not': {
    ko: '그날 일어난 일인지는 작성 기관의 말입니다. 원장에 적힌 때는 따로 보입니다.',
    en: 'That it happened on that day is the word of its author; when it was recorded is shown apart.',
  },
  'vehicle-day.differs': { ko: '원장에는 {recorded}로 적혀 있습니다.', en: 'The ledger says {recorded}.' },
  'inspection-in-force': {
    ko: '점검 유효기간({validUntil}까지) 안',
    en: 'Inspection in force until {validUntil}',
  },
  'inspection-in-force.proves': {
    ko: '점검일부터 120일이 지나지 않았습니다.',
    en: 'Not more than 120 days since the inspection.',
  },
  'inspection-in-force.proves-not': {
    ko: '그 뒤에 정정되거나 철회되지 않았다는 뜻은 아닙니다. 차량 조회에서 확인하세요.',
    en: 'It does not show that it was not corrected or withdrawn since: look the car up.',
  },
  'inspection-in-force.expired': {
    ko: '유효기간이 {validUntil}에 끝났습니다.',
    en: 'It expired on {validUntil}.',
  },
  'inspection-in-force.no-clock': {
    ko: '오늘 날짜를 몰라 확인하지 않았습니다.',
    en: "Not checked: today's date is not known.",
  },
};

const reasons: Words = Object.fromEntries(
  Object.entries(REASONS).map(([code, [ko, en]]) => [`reason.${code}`, { ko, en }]),
);

export const words: Words = { ...FIELD_WORDS, ...refusals, ...notices, ...states, ...reasons, ...checks };
