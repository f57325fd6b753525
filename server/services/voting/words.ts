/** Every code and label of the voting service in Korean and English. */
import type { Words } from '../define.ts';

export const words: Words = {
  ORGANISATION_ONLY: { ko: '기관만 할 수 있습니다.', en: 'Only an organisation may do this.' },
  NOT_YOUR_POLL: { ko: '다른 기관의 투표입니다.', en: 'This poll belongs to another organisation.' },
  POLL_UNKNOWN: {
    ko: '없는 투표입니다. 주소를 확인하세요.',
    en: 'There is no such poll. Check the address.',
  },
  POLL_NOT_RECORDED_YET: {
    ko: '투표가 아직 장부에 기록되지 않았습니다. 잠시 뒤 다시 하세요.',
    en: 'The poll is not recorded yet. Try again in a moment.',
  },
  POLL_NOT_OPEN: { ko: '투표가 아직 시작되지 않았습니다.', en: 'The poll has not opened yet.' },
  POLL_CLOSED: { ko: '투표가 마감되었습니다.', en: 'The poll is closed.' },
  CLOSES_IN_PAST: { ko: '마감 시각이 이미 지났습니다.', en: 'The close lies in the past.' },
  CLOSES_BEFORE_OPENING: {
    ko: '마감은 시작보다 뒤여야 합니다.',
    en: 'The close must come after the opening.',
  },
  MORE_CHOICES_THAN_OPTIONS: {
    ko: '최대 선택 수({maxChoices})가 선택지 수({options})보다 많습니다.',
    en: 'Most choices ({maxChoices}) exceed the number of options ({options}).',
  },
  CHOICES_REVERSED: {
    ko: '최소 선택 수({minChoices})가 최대 선택 수({maxChoices})보다 많습니다.',
    en: 'Fewest choices ({minChoices}) exceed most choices ({maxChoices}).',
  },
  OPTION_TWICE: { ko: '같은 선택지가 두 번 있습니다: {option}', en: 'An option stands twice: {option}' },
  IMAGE_INVALID: {
    ko: '그림은 48 kB 이하의 PNG, JPEG, WebP여야 합니다.',
    en: 'A picture must be PNG, JPEG or WebP of at most 48 kB.',
  },
  NO_CODES: { ko: '등록 코드가 없습니다.', en: 'There are no enrolment codes.' },
  TOO_MANY_CODES: {
    ko: '한 번에 {max}개까지 가져올 수 있습니다({codes}개). 나누어 올리세요.',
    en: 'At most {max} codes at a time ({codes} given). Import them in parts.',
  },
  CODE_MALFORMED: {
    ko: '등록 코드는 영문자와 숫자 8~40자입니다({line}번째).',
    en: 'An enrolment code has 8 to 40 letters and digits (number {line}).',
  },
  CODE_UNKNOWN: {
    ko: '이 투표의 등록 코드가 아닙니다. 받은 코드를 다시 확인하세요.',
    en: 'This is no enrolment code of this poll. Check the code you were given.',
  },
  CODE_USED: {
    ko: '이미 쓴 등록 코드입니다. 직접 쓰지 않았다면 코드를 준 기관에 알리세요.',
    en: 'This enrolment code was used already. If not by you, tell the organisation that gave it.',
  },
  COMMITMENT_INVALID: {
    ko: '투표 열쇠의 공개값이 올바르지 않습니다.',
    en: 'The public value of the voting key is not valid.',
  },
  ALREADY_ENROLLED: {
    ko: '이 기기의 열쇠는 이미 등록되었습니다.',
    en: 'The key of this device is enrolled already.',
  },
  ENROLMENT_CLOSED: { ko: '등록이 마감되었습니다.', en: 'Enrolment is closed.' },
  ROLL_FROZEN: {
    ko: '선거인명부가 이미 확정되어 더 바꿀 수 없습니다.',
    en: 'The roll is frozen and cannot change any more.',
  },
  ROLL_NOT_FROZEN: {
    ko: '선거인명부가 아직 확정되지 않았습니다.',
    en: 'The roll is not frozen yet.',
  },
  ROLL_TOO_SMALL: {
    ko: '등록한 사람이 {members}명입니다. 비밀을 지키려면 {min}명 이상이어야 합니다.',
    en: '{members} enrolled; at least {min} are needed to keep votes secret.',
  },
  ROLL_TOO_LARGE: { ko: '한 투표의 선거인은 {max}명까지입니다.', en: 'A roll holds at most {max} voters.' },
  CHOICE_NOT_ALLOWED: {
    ko: '{options}개 선택지에서 {minChoices}~{maxChoices}개를 고르세요.',
    en: 'Choose {minChoices} to {maxChoices} of {options} options.',
  },
  CHOICES_UNORDERED: {
    ko: '선택은 겹치지 않게 오름차순으로 적습니다.',
    en: 'Choices must rise, none twice.',
  },
  NULLIFIER_INVALID: { ko: '중복 방지 값이 올바르지 않습니다.', en: 'The nullifier is not valid.' },
  PROOF_MALFORMED: { ko: '증명의 형식이 올바르지 않습니다.', en: 'The proof is malformed.' },
  BALLOT_ALREADY_CAST: {
    ko: '이 투표에서 이미 투표하셨습니다. 먼저 한 투표가 그대로 집계됩니다.',
    en: 'You have voted in this poll. Your first ballot counts.',
  },
  FEW_BALLOTS: {
    ko: '투표지가 20장보다 적어, 실시간 집계에서 개인의 선택이 짐작될 수 있습니다.',
    en: 'There are fewer than 20 ballots: single choices may be guessed from the live result.',
  },
  TEXT_MISSING: {
    ko: '이 서버에는 투표의 본문이 없습니다.',
    en: 'This server does not hold the text of the poll.',
  },
  TEXT_ALTERED: {
    ko: '주의: 이 서버의 본문이 장부에 기록된 것과 다릅니다.',
    en: 'Warning: the text at this server is not the one on the ledger.',
  },
  MORE_BALLOTS_THAN_VOTERS: {
    ko: '주의: 투표지가 선거인보다 많습니다. 결과를 믿지 마세요.',
    en: 'Warning: there are more ballots than voters. Do not trust the result.',
  },
  'state.draft': { ko: '접수됨', en: 'Accepted' },
  'state.enrolling': { ko: '등록 중', en: 'Enrolling' },
  'state.scheduled': { ko: '시작 전', en: 'Scheduled' },
  'state.open': { ko: '투표 중', en: 'Open' },
  'state.closed': { ko: '마감', en: 'Closed' },
  'mode.open': { ko: '공개 집계', en: 'Counted openly' },
  'mode.sealed': { ko: '마감 뒤 개표', en: 'Sealed until the close' },
  PollCreated: { ko: '투표를 만듦', en: 'Poll created' },
  RollFrozen: { ko: '선거인명부 확정', en: 'Roll frozen' },
  BallotCast: { ko: '투표지 집계', en: 'Ballot counted' },
  'poll-rules-as-written.proves': {
    ko: '선택지 수, 고를 수 있는 수, 시작과 마감은 장부가 스스로 지킵니다.',
    en: 'The ledger itself enforces the number of options, how many may be chosen, the opening and the close.',
  },
  'poll-rules-as-written.proves-not': {
    ko: '질문이 공정한지는 말하지 않습니다.',
    en: 'It does not show that the question is fair.',
  },
  'poll-rules-as-written': {
    ko: '장부가 지키는 규칙이 본문의 규칙과 같습니다',
    en: 'The rules that the ledger enforces are those of the text',
  },
  'poll-rules-as-written.no-text': { ko: '본문이 없습니다', en: 'the text is not at hand' },
  'poll-rules-as-written.other-rules': { ko: '규칙이 다릅니다', en: 'the rules differ' },
  'roll-hides-voters.proves': {
    ko: '명부의 인원은 확정된 뒤 바뀌지 않았고, 누구의 표인지 가려 줄 만큼 있습니다.',
    en: 'The number of members has not changed since the freeze and is enough to hide whose ballot is whose.',
  },
  'roll-hides-voters.proves-not': {
    ko: '명부에 오른 사람이 투표할 자격이 있는지는 말하지 않습니다. 명부를 만든 기관이 정했습니다.',
    en: 'It does not show that the members were entitled to vote: the organisation of the poll decided that.',
  },
  'roll-hides-voters': {
    ko: '선거인명부에 {size}명이 있습니다',
    en: 'The roll has {size} members',
  },
  'roll-hides-voters.too-small': { ko: '비밀을 지키기에 너무 적습니다', en: 'too few to keep votes secret' },
  'ballot-counted-once.proves': {
    ko: '한 사람의 투표지는 한 투표에서 늘 같은 번호를 가지며, 장부는 같은 번호를 두 번 세지 않습니다.',
    en: 'All ballots of one voter in one poll have the same id, and the ledger counts an id once.',
  },
  'ballot-counted-once.proves-not': {
    ko: '누가 투표했는지는 말하지 않습니다. 아무도 알 수 없습니다.',
    en: 'It does not show who voted: nobody can know.',
  },
  'ballot-counted-once': {
    ko: '투표지의 번호가 그 투표와 중복 방지 값에서 나왔습니다',
    en: 'The ballot\u2019s id follows from its poll and its nullifier',
  },
  'ballot-counted-once.not-in-field': { ko: '값이 범위를 벗어났습니다', en: 'the nullifier is out of range' },
  'ballot-counted-once.other-id': { ko: '다른 번호입니다', en: 'the id is another one' },
  'ballot-choices.proves': {
    ko: '장부가 이 투표지를 이 선택으로 집계했습니다.',
    en: 'The ledger counted this ballot for these choices.',
  },
  'ballot-choices.proves-not': {
    ko: '투표한 사람의 뜻이 그랬는지는 말하지 않습니다.',
    en: 'It does not show that the voter meant it so.',
  },
  'ballot-choices': { ko: '집계된 선택: {choices}번', en: 'Choices counted: {choices}' },
  'ballot-choices.against-rules': { ko: '투표의 규칙에 어긋납니다', en: 'against the rules of the poll' },
  'ballot-as-cast.proves': {
    ko: '이 기기에서 만든 투표지가 바뀌지 않고 집계되었습니다.',
    en: 'The ballot made on this device was counted unchanged.',
  },
  'ballot-as-cast.proves-not': {
    ko: '기기 자체가 속지 않았다는 것까지는 말하지 않습니다.',
    en: 'It does not show that the device itself was not deceived.',
  },
  'ballot-as-cast': {
    ko: '기기에 남은 투표지가 집계된 것과 같습니다',
    en: 'The ballot kept on the device is the one counted',
  },
  'ballot-as-cast.no-ballot': {
    ko: '기기에 남은 투표지가 없습니다',
    en: 'no ballot of the device is at hand',
  },
  'ballot-as-cast.other-ballot': { ko: '다른 투표지입니다', en: 'it is another ballot' },
};
