/** Why a record is corrected, replaced, doubted or changed: codes with their Korean and English text. */

export const DISPUTE_REASONS = {
  odometer: ['주행거리가 실제와 다름', 'The odometer reading is not the true one'],
  accident: ['사고·수리 이력이 실제와 다름', 'Accidents or repairs are not as recorded'],
  condition: ['상태가 실제와 다름', 'The condition is not as recorded'],
  'wrong-vehicle': ['다른 차량의 기록임', 'The record is of another car'],
  other: ['기타', 'Other'],
} as const;

export const AMEND_REASONS = {
  'typing-error': ['오기 정정', 'Typing error'],
  'missing-item': ['누락 보완', 'Missing item added'],
  're-examined': ['재확인 결과', 'Found on re-examination'],
} as const;

export const SUPERSEDE_REASONS = {
  're-inspected': ['다시 점검함', 'Inspected again'],
  'written-anew': ['내용을 새로 작성함', 'Written anew'],
  disputed: ['이의를 받아들임', 'A dispute is upheld'],
} as const;

/** By what is done to the record. */
export const CHANGE_REASONS = {
  revoke: {
    'wrong-vehicle': ['다른 차량에 기록함', 'Recorded for the wrong car'],
    'issued-in-error': ['잘못 발급함', 'Recorded in error'],
    cancelled: ['거래 취소', 'Trade cancelled'],
    other: ['기타', 'Other'],
  },
  suspend: { 'under-review': ['확인 중', 'Under review'], other: ['기타', 'Other'] },
  resume: { 'review-finished': ['확인 완료', 'Review finished'], other: ['기타', 'Other'] },
} as const;

export const RESOLVE_REASONS = {
  upheld: ['이의를 받아들임', 'The dispute is upheld'],
  rejected: ['이의를 받아들이지 않음', 'The dispute is rejected'],
  settled: ['당사자끼리 해결함', 'Settled between the parties'],
  'taken-back': ['이의를 거둠', 'Taken back'],
} as const;

/** Text of every reason that a document gives, each code of one meaning. */
export const REASONS: Readonly<Record<string, readonly [ko: string, en: string]>> = {
  ...AMEND_REASONS,
  ...SUPERSEDE_REASONS,
  ...DISPUTE_REASONS,
  ...CHANGE_REASONS.revoke,
  ...CHANGE_REASONS.suspend,
  ...CHANGE_REASONS.resume,
  ...RESOLVE_REASONS,
};
