/** What the gateway says, by problem code. `{name}` is filled with a value of the problem's details. */
import type { Words } from '../services/define.ts';

export const PROBLEM_WORDS: Words = {
  JSON_MALFORMED: {
    ko: '본문이 올바른 JSON이 아닙니다({at}번째 글자).',
    en: 'The body is not JSON (at character {at}).',
  },
  JSON_DUPLICATE_KEY: {
    ko: '본문에 "{key}" 항목이 두 번 있습니다.',
    en: 'The body has the member "{key}" twice.',
  },
  JSON_FORBIDDEN_KEY: {
    ko: '"{key}"(이)라는 항목 이름은 쓸 수 없습니다.',
    en: 'A member may not be named "{key}".',
  },
  JSON_TEXT_INVALID: {
    ko: '본문에 올바른 유니코드가 아닌 글자가 있습니다({at}번째).',
    en: 'The body has text that is not valid Unicode, or a NUL (at character {at}).',
  },
  JSON_NUMBER_UNSAFE: {
    ko: '정확히 나타낼 수 없는 수가 있습니다({at}번째 글자).',
    en: 'A number cannot be held exactly (at character {at}).',
  },
  JSON_TOO_DEEP: {
    ko: '본문이 너무 깊이 중첩되었습니다(최대 {max}단계).',
    en: 'The body is nested too deeply (at most {max} levels).',
  },
  BODY_CUT: { ko: '본문이 끝까지 도착하지 않았습니다.', en: 'The body did not arrive completely.' },
  IDEMPOTENCY_KEY_MISSING: {
    ko: 'Idempotency-Key 머리글이 필요합니다. 같은 요청을 다시 보낼 때는 같은 값을 쓰십시오.',
    en: 'The header Idempotency-Key is required. Use the same value when you repeat the same request.',
  },
  IDEMPOTENCY_KEY_MALFORMED: {
    ko: 'Idempotency-Key는 공백 없는 ASCII 글자 8~100자여야 합니다.',
    en: 'Idempotency-Key must be 8 to 100 ASCII characters without spaces.',
  },
  DEADLINE_MALFORMED: {
    ko: 'Sillok-Deadline은 RFC 3339 시각이나 초 수여야 합니다.',
    en: 'Sillok-Deadline must be a moment as RFC 3339 has it, or a number of seconds.',
  },
  UNAUTHENTICATED: {
    ko: '로그인하거나 API 키를 보내십시오.',
    en: 'Sign in, or send an API key.',
  },
  API_KEY_INVALID: { ko: 'API 키가 올바르지 않습니다.', en: 'The API key is not valid.' },
  API_KEY_EXPIRED: { ko: 'API 키의 유효 기간이 끝났습니다.', en: 'The API key has expired.' },
  SESSION_ENDED: {
    ko: '로그인이 끝났습니다. 다시 로그인하십시오.',
    en: 'Your session has ended. Sign in again.',
  },
  SIGN_IN_REFUSED: {
    ko: '로그인할 수 없습니다. 처음부터 다시 시도하십시오. ({reason})',
    en: 'Signing in failed. Start again. ({reason})',
  },
  SCOPE_MISSING: {
    ko: '이 API 키로는 할 수 없는 일입니다. 필요한 권한: {scope}',
    en: 'This API key may not do that. Scope needed: {scope}',
  },
  ORIGIN_FOREIGN: {
    ko: '다른 사이트에서 온 요청은 받지 않습니다.',
    en: 'Requests from another site are not taken.',
  },
  ORGANISATION_INACTIVE: {
    ko: '기관 "{organisation}"은(는) 지금 활동 중이 아닙니다.',
    en: 'The organisation "{organisation}" is not active.',
  },
  NOT_ACCREDITED: {
    ko: '기관 "{organisation}"에는 "{scope}" 인가가 없습니다.',
    en: 'The organisation "{organisation}" is not accredited for "{scope}".',
  },
  SIGNATURE_NEEDED: {
    ko: '로그인한 직원은 먼저 내용을 확인하고 서명해야 합니다.',
    en: 'Signed-in staff first prepare and then sign what they send.',
  },
  ENTRY_OF_ANOTHER: { ko: '다른 기관의 기록입니다.', en: 'The entry belongs to another organisation.' },
  NOT_FOUND: { ko: '찾는 것이 없습니다.', en: 'There is nothing here.' },
  ENTRY_UNKNOWN: { ko: '알려지지 않은 기록입니다.', en: 'This entry is not known.' },
  ORGANISATION_UNKNOWN: {
    ko: '기관 "{organisation}"은(는) 등록되어 있지 않습니다.',
    en: 'The organisation "{organisation}" is not registered.',
  },
  API_KEY_UNKNOWN: { ko: '그런 API 키가 없습니다.', en: 'There is no such API key.' },
  DRAFT_UNKNOWN: {
    ko: '작성하던 내용의 시간이 지났습니다. 다시 작성하여 서명하십시오.',
    en: 'The draft is gone or too old. Prepare it again and sign.',
  },
  INVITATION_UNKNOWN: {
    ko: '초대가 없거나 이미 쓰였거나 기간이 지났습니다.',
    en: 'The invitation is unknown, used or expired.',
  },
  PRECONDITION_FAILED: {
    ko: '요청에 적힌 조건에 맞지 않습니다.',
    en: 'The conditions of the request do not hold.',
  },
  RANGE_UNSATISFIABLE: {
    ko: '파일에 없는 범위를 요청했습니다.',
    en: 'The file does not have the range that was asked for.',
  },
  METHOD_NOT_ALLOWED: { ko: '여기서는 쓸 수 없는 방식입니다.', en: 'This method is not allowed here.' },
  ENTRY_EXISTS: {
    ko: '이미 접수된 기록입니다({state}). 영수증은 {receipt}에 있습니다.',
    en: 'This entry was already accepted ({state}). Its receipt is at {receipt}.',
  },
  ENTRY_ELSEWHERE: {
    ko: '이 기록은 {gateway}에서 맡았습니다. 그곳에 같은 Idempotency-Key로 다시 보내십시오.',
    en: 'This entry belongs to {gateway}. Send it there again with the same Idempotency-Key.',
  },
  CLAIMS_UNSET: {
    ko: '이 게이트웨이는 증명을 접수하지 못합니다(SILLOK_CLAIMS_FILE 없음). {gateway}(으)로 보내십시오.',
    en: 'This gateway takes no entries for batches, as SILLOK_CLAIMS_FILE is not set. Send them to {gateway}.',
  },
  CLAIMS_FORGOTTEN: {
    ko: '그 뒤로 다른 장부가 되었습니다. 맡은 기록을 모두 다시 알리십시오.',
    en: 'This is another book since: tell it again of all that is held.',
  },
  CLAIM_UNKNOWN: {
    ko: '다른 게이트웨이가 맡은 기록이 아닙니다.',
    en: 'No other gateway claimed this entry.',
  },
  ENTRY_SETTLED: {
    ko: '이미 끝난 기록입니다. ({state})',
    en: 'What became of this entry is settled. ({state})',
  },
  ENTRY_UNDER_WAY: {
    ko: '이미 서명되어 체인으로 가는 중입니다. ({state})',
    en: 'This entry is signed and on its way. ({state})',
  },
  ENTRY_MINED: {
    ko: '이미 블록에 들어 취소할 수 없습니다.',
    en: 'This entry stands in a block and can no longer be cancelled.',
  },
  ENTRY_BOUND: {
    ko: '기록 {entries}건이 한 서명에 들어 있습니다. 모두 취소하려면 whole을 true로 하십시오.',
    en: 'One signature covers {entries} entries. Set whole to true to cancel all of them.',
  },
  ENTRY_HELD: { ko: '붙들어 둔 기록입니다. 먼저 푸십시오.', en: 'This entry is held. Release it first.' },
  ENTRY_NOT_HELD: { ko: '붙들어 둔 기록이 아닙니다.', en: 'This entry is not held.' },
  DEADLINE_PASSED: { ko: '정한 기한이 지났습니다.', en: 'The deadline has passed.' },
  RECEIPT_PENDING: {
    ko: '아직 영수증이 나오지 않았습니다. 잠시 뒤 다시 시도하십시오.',
    en: 'There is no receipt yet. Try again in a moment.',
  },
  READ_ONLY: {
    ko: '이 서버는 보여 주기만 합니다. 기록은 {gateway}에서 하십시오.',
    en: 'This server only shows the ledger. Entries are taken in at {gateway}.',
  },
  COSIGNATURES_PENDING: {
    ko: '기록은 확정되었습니다. 시 서버의 공동서명을 기다리는 중입니다({threshold}대 중 {cosigned}대 완료). 서버가 돌아오면 영수증이 저절로 나옵니다.',
    en: 'The entry is final. Its receipt waits for city servers: {cosigned} of the {threshold} needed have cosigned. It comes by itself when they are back.',
  },
  ADMINISTRATION_REFUSED: {
    ko: '체인의 규칙이 이 변경을 거부했습니다: {reason}',
    en: 'The contracts refuse this change: {reason}',
  },
  ADMINISTERED_ELSEWHERE: {
    ko: '기관은 {gateway}에서 관리합니다. 이 게이트웨이에는 체인 관리자의 열쇠가 없습니다.',
    en: 'Organisations are administered at {gateway}: this gateway does not hold the key for it.',
  },
  KEY_MISSING: {
    ko: '기관 "{organisation}"의 서명 열쇠가 이 게이트웨이에 없습니다. 직원이 직접 서명해야 합니다.',
    en: 'This gateway holds no signing key of "{organisation}": its staff must sign themselves.',
  },
  COMPACT_TOO_LARGE: {
    ko: '영수증이 QR 코드 하나에 담기지 않습니다. 파일로 받으십시오.',
    en: 'The receipt does not fit one QR code. Take the file instead.',
  },
  API_KEY_LIMIT: {
    ko: '이름이 같은 API 키는 두 개까지만 살아 있을 수 있습니다. 먼저 하나를 폐기하십시오.',
    en: 'At most two keys of the same label may be alive. Revoke one first.',
  },
  ORIGINAL_ERASED: { ko: '원본이 지워졌습니다.', en: 'The original was erased.' },
  BODY_TOO_LARGE: {
    ko: '본문이 너무 큽니다(최대 {maxBytes}바이트).',
    en: 'The body is too large (at most {maxBytes} bytes).',
  },
  BATCH_TOO_LARGE: {
    ko: '한 번에 {max}건까지만 보낼 수 있습니다.',
    en: 'At most {max} items can be sent at once.',
  },
  CONTENT_TYPE: { ko: '본문은 application/json이어야 합니다.', en: 'The body must be application/json.' },
  CONTENT_ENCODING: { ko: '압축된 본문은 받지 않습니다.', en: 'Compressed bodies are not taken.' },
  INPUT_INVALID: {
    ko: '입력한 내용에 고칠 곳이 있습니다.',
    en: 'Something in the input needs correction.',
  },
  BATCH_EMPTY: { ko: '보낸 목록이 비어 있습니다.', en: 'The list is empty.' },
  NAME_INVALID: {
    ko: '이름은 영문 소문자, 숫자, 점, 붙임표 1~31자여야 합니다: {name}',
    en: 'A name has 1 to 31 lower-case letters, digits, dots and hyphens: {name}',
  },
  SCOPE_INVALID: { ko: '알 수 없는 권한입니다: {scope}', en: 'Unknown scope: {scope}' },
  IDEMPOTENCY_KEY_REUSED: {
    ko: '이 Idempotency-Key는 다른 내용으로 이미 쓰였습니다.',
    en: 'This Idempotency-Key was already used with another body.',
  },
  BALLOT_REFUSED: {
    ko: '이 투표지는 셀 수 없습니다. ({reason})',
    en: 'This ballot cannot be counted. ({reason})',
  },
  SIGNATURE_REFUSED: {
    ko: '서명이 기관의 유효한 서명이 아닙니다. ({reason})',
    en: "The signature is not the organisation's valid signature. ({reason})",
  },
  NOTHING_TO_SIGN: { ko: '서명할 내용이 없습니다.', en: 'There is nothing to sign.' },
  TOO_MANY_REQUESTS: {
    ko: '요청이 너무 많습니다. {retryAfterSec}초 뒤 다시 시도하십시오.',
    en: 'Too many requests. Try again in {retryAfterSec} seconds.',
  },
  API_KEY_LOCKED: {
    ko: '틀린 키를 여러 번 보내 잠겼습니다. {retryAfterSec}초 뒤 다시 시도하십시오.',
    en: 'Locked after several wrong keys. Try again in {retryAfterSec} seconds.',
  },
  INTERNAL: {
    ko: '처리하지 못했습니다. 다시 시도하고, 계속되면 요청 번호를 운영자에게 알리십시오.',
    en: 'Something failed here. Try again; if it stays, tell the operator the request id.',
  },
  STARTING: {
    ko: '시작하는 중입니다. 잠시 뒤 다시 시도하십시오.',
    en: 'Starting up. Try again in a moment.',
  },
  QUEUE_FULL: {
    ko: '접수가 밀려 있습니다. {retryAfterSec}초 뒤 다시 시도하십시오.',
    en: 'The queue is full. Try again in {retryAfterSec} seconds.',
  },
  CLAIMS_UNREACHABLE: {
    ko: '두 번 기록되지 않게 확인해 줄 {gateway}에서 답이 없습니다. {retryAfterSec}초 뒤 다시 시도하십시오.',
    en: 'There is no answer from {gateway}, which keeps this from being recorded twice. Try again in {retryAfterSec} seconds.',
  },
  CLAIMS_REFUSED: {
    ko: '{gateway}에서 이 게이트웨이를 알지 못합니다. 운영자에게 알리십시오: 양쪽의 SILLOK_CLAIMS_FILE이 맞지 않습니다.',
    en: 'This gateway is not known at {gateway}. Tell the operator: SILLOK_CLAIMS_FILE differs on the two.',
  },
  CLAIMS_INCOMPLETE: {
    ko: '백업에서 복원한 뒤 {gateway}에서 맡은 기록을 알려 주기를 기다립니다. 그 게이트웨이가 없어졌다면 SILLOK_CLAIMS_FILE에서 빼십시오.',
    en: 'Restored from a copy: {gateway} has yet to tell which entries it holds. If it is gone for good, take it out of SILLOK_CLAIMS_FILE.',
  },
  CHAIN_UNREACHABLE: {
    ko: '체인에 닿을 수 없습니다. 잠시 뒤 다시 시도하십시오.',
    en: 'The chain cannot be reached. Try again in a moment.',
  },
  CHAIN_TIMEOUT: {
    ko: '체인이 제때 답하지 않았습니다. 잠시 뒤 다시 시도하십시오.',
    en: 'The chain did not answer in time. Try again in a moment.',
  },
  CHAIN_MISMATCH: {
    ko: '체인이 바뀌어 아무것도 접수하지 않습니다. 운영자에게 알리십시오.',
    en: 'The node serves another chain; nothing is accepted. Tell the operator.',
  },
  TRANSACTION_TIMEOUT: {
    ko: '변경이 아직 체인에 기록되지 않았습니다. 잠시 뒤 확인하십시오.',
    en: 'The change is not on the chain yet. Look again in a moment.',
  },
  STORE_READ_ONLY: {
    ko: '저장소에 쓸 수 없습니다.',
    en: 'The store cannot be written.',
  },
  BACKUP_OF_CHAIN: {
    ko: '내장 체인은 저장소에 들어 있지 않습니다. 게이트웨이를 멈추고 데이터 폴더를 백업하십시오.',
    en: 'The embedded chain is not in the store: stop the gateway and back up its data folder.',
  },
  STANDBY_MISSING: {
    ko: '예비 서버에 사본을 남길 수 없어 지금은 접수하지 않습니다. 잠시 뒤 다시 시도하십시오.',
    en: 'No standby server can keep a copy, so nothing is accepted now. Try again in a moment.',
  },
  FENCED: {
    ko: '다른 게이트웨이가 업무를 넘겨받았습니다. 그쪽으로 보내십시오.',
    en: 'Another gateway took over. Send it there.',
  },
  RECOVERING: {
    ko: '백업에서 복원하는 중입니다. 조회만 할 수 있습니다.',
    en: 'Recovering from a backup: reading works, writing does not yet.',
  },
  STORE_FULL: {
    ko: '저장 공간이 가득 차서 받을 수 없습니다.',
    en: 'The disk is full; nothing can be accepted.',
  },
};
