/**
 * Words of every check: `id` names it, `id.proves` and `id.proves-not` say what it shows and what not, `id.<reason>` says why it
 * failed or was skipped. Braces stand for the check's details.
 */
export interface CheckText {
  readonly ko: string;
  readonly en: string;
}

const text = (ko: string, en: string): CheckText => ({ ko, en });

export const CHECK_WORDS: Readonly<Record<string, CheckText>> = {
  'receipt-form': text('영수증의 형식이 맞음', 'The receipt is well formed'),
  'receipt-form.proves': text(
    '파일이 c2sp.org/tlog-proof 형식의 영수증입니다.',
    'The file is a receipt in the c2sp.org/tlog-proof format.',
  ),
  'receipt-form.proves-not': text(
    '내용이 참인지는 말하지 않습니다.',
    'It says nothing about whether its content is true.',
  ),

  'receipt-form.malformed': text('올바르지 않은 곳: {place}', 'It is malformed at: {place}'),

  'link-matches': text('링크나 QR이 가리킨 기록임', 'It is the entry that the link or QR names'),
  'link-matches.proves': text(
    '받아 온 영수증이 링크나 QR이 가리킨 바로 그 기록에 관한 것입니다.',
    'The receipt that was fetched is about the very entry that the link or QR names.',
  ),
  'link-matches.proves-not': text(
    'QR이 붙은 종이의 글이 기록과 같은지는 말하지 않습니다.',
    'It does not show that the text around the QR says the same as the entry.',
  ),
  'link-matches.other-entry': text('다른 기록의 영수증입니다.', 'The receipt is about another entry.'),
  'link-matches.member': text(
    '묶음의 영수증입니다. 이 기록이 그 묶음에 들어 있는지는 증명서 파일로 확인하세요.',
    'The receipt is that of a batch. Whether this entry is in it, its document shows.',
  ),

  'in-log': text('기록부에 들어 있음', 'The entry is in the log'),
  'in-log.proves': text(
    '이 기록이 확인점의 기록부 안 {index}번 자리(전체 {size}건)에 있습니다.',
    'The entry stands at position {index} of the {size} entries that the checkpoint covers.',
  ),
  'in-log.proves-not': text(
    '그 뒤에 고치거나 폐기한 기록이 없다는 뜻은 아닙니다.',
    'It does not show that no later entry amends or revokes it.',
  ),
  'in-log.root': text(
    '경로가 확인점의 뿌리에 닿지 않습니다.',
    "The path does not lead to the checkpoint's root.",
  ),
  'in-log.shape': text('경로의 길이가 자리와 맞지 않습니다.', 'The path does not fit the position.'),

  'log-signature': text('기록부가 서명함', 'Signed by the log'),
  'log-signature.proves': text(
    '확인점이 신뢰 파일에 있는 기록부 키로 서명되었습니다.',
    'The checkpoint bears the signature of the log key in the trust file.',
  ),
  'log-signature.proves-not': text(
    '기록부가 다른 이에게 다른 내용을 보이지 않았다는 뜻은 아닙니다. 그것은 공동서명이 보입니다.',
    'It does not show that the log tells everyone the same. That is what the witnesses are for.',
  ),
  'log-signature.bad-signature': text('서명이 맞지 않습니다.', 'The signature is wrong.'),
  'log-signature.missing': text('기록부의 서명이 없습니다.', "The log's signature is missing."),
  'log-signature.other-key': text(
    '신뢰 파일에 없는 기록부 키로 서명되었습니다.',
    'It is signed with a key of the log that the trust file does not hold.',
  ),
  'log-signature.retired-key': text(
    '기록부의 옛 키로 서명되었는데, 그 키는 {lastSize}건까지만 유효합니다(이 확인점은 {size}건).',
    'It is signed with a retired key of the log, which speaks for checkpoints up to {lastSize} entries (this one: {size}).',
  ),
  'log-signature.other-log': text(
    '신뢰 파일이 모르는 기록부({origin})입니다.',
    'The trust file does not know this log ({origin}).',
  ),

  witnessed: text('공동서명 {k}/{n}', 'Witnessed {k} of {n}'),
  'witnessed.proves': text(
    '공동서명 서버 {names}이(가) 자기 노드에서 같은 기록부를 만들어 보고 서명했습니다.',
    'The witnesses {names} derived the same log from their own nodes and signed it.',
  ),
  'witnessed.proves-not': text(
    '서명한 서버들이 모두 짜고 속이는 것까지 막지는 못합니다.',
    'It does not protect from all the signing witnesses lying together.',
  ),
  'witnessed.too-few': text(
    '{threshold}개가 필요한데 공동서명이 {k}개입니다.',
    '{threshold} cosignatures are needed, {k} are there.',
  ),
  'witnessed.bad-signature': text(
    '{name}의 공동서명이 맞지 않습니다.',
    'The cosignature of {name} is wrong.',
  ),
  'witnessed.no-witness-trusted': text(
    '신뢰 파일에 공동서명 서버가 없습니다.',
    'The trust file asks for no witness.',
  ),
  'witnessed.other-log': text(
    '신뢰 파일이 모르는 기록부({origin})입니다.',
    'The trust file does not know this log ({origin}).',
  ),

  'witnessed-by-operator': text(
    '공동서명 {k}/{n}, 기록부와 같은 운영자',
    'Witnessed {k} of {n}, same operator as the log',
  ),
  'witnessed-by-operator.proves': text(
    '공동서명 서버 {names}이(가) 자기 노드에서 같은 기록부를 만들어 보고 서명했습니다.',
    'The witnesses {names} derived the same log from their own nodes and signed it.',
  ),
  'witnessed-by-operator.proves-not': text(
    '서명한 서버를 모두 기록부의 운영자가 돌리므로, 운영자가 속이는 것을 막지 못합니다.',
    "The log's own operator runs all of them: it does not protect from a lie of the operator.",
  ),

  'chain-known': text('이 원장의 기록임', 'Recorded on this chain'),
  'chain-known.proves': text(
    '기록이 체인 {chainId}의 {block}번 블록({timeSec})에서 나왔습니다.',
    'The entry comes from block {block} ({timeSec}) of chain {chainId}.',
  ),
  'chain-known.proves-not': text(
    '블록의 시각은 검증 노드들이 정한 것입니다.',
    'The time of a block is the one its validators set.',
  ),
  'chain-known.other-chain': text(
    '다른 체인({chainId})의 기록입니다.',
    'It comes from another chain ({chainId}).',
  ),

  'schema-of-service': text('서식이 이 서비스의 것임', 'The form belongs to the service'),
  'schema-of-service.proves': text(
    '기록한 기관이 인가받은 서비스의 서식입니다.',
    'The form is one of the service for which its author is accredited.',
  ),
  'schema-of-service.proves-not': text(
    '적힌 내용이 맞는지는 말하지 않습니다.',
    'It does not show that what is written is true.',
  ),
  'schema-of-service.other-service': text(
    '서식 {schema}은(는) 서비스 {service}의 것이 아닙니다. 인가받지 않은 기관의 것일 수 있습니다.',
    'The form {schema} is not one of the service {service}: its author may not be accredited for it.',
  ),

  'contract-known': text('이 원장의 계약이 남김', 'Written by a contract of the ledger'),
  'contract-known.proves': text(
    '규칙을 지키는 계약 {contract}이(가) 남긴 기록입니다.',
    'The entry was written by the contract {contract}, which enforces the rules.',
  ),
  'contract-known.proves-not': text(
    '신뢰 파일에 없는 계약은 알지 못합니다.',
    'Contracts that the trust file does not list are not known.',
  ),
  'contract-known.other-contract': text(
    '신뢰 파일에 없는 계약({address})입니다.',
    'The contract ({address}) is not in the trust file.',
  ),

  'entry-readable': text('기록을 읽을 수 있음', 'The entry can be read'),
  'entry-readable.proves': text('기록의 종류는 {event}입니다.', 'It is an entry of the kind {event}.'),
  'entry-readable.proves-not': text(
    '기록 뒤의 문서가 사실인지는 말하지 않습니다.',
    'It does not show that the document behind the entry is true.',
  ),
  'entry-readable.malformed': text('올바르지 않은 곳: {place}', 'It is malformed at: {place}'),
  'entry-readable.unknown-event': text(
    '이 프로그램이 모르는 종류의 기록입니다.',
    'This version of the program does not know this kind of entry.',
  ),
  'entry-readable.refusal': text('거절의 기록은 영수증이 되지 못합니다.', 'A refusal is no entry.'),

  'document-form': text('문서 파일의 형식이 맞음', 'The document file is well formed'),
  'document-form.malformed': text('올바르지 않은 곳: {place}', 'It is malformed at: {place}'),

  'entry-matches': text('문서가 말하는 기록임', 'It is the entry that the document names'),
  'entry-matches.proves': text(
    '문서 파일의 기록 번호와 영수증의 기록 번호가 같습니다.',
    'The document file and the receipt name the same entry.',
  ),
  'entry-matches.proves-not': text(
    '문서의 내용은 다음 검사가 봅니다.',
    'The content of the document is for the next check.',
  ),
  'entry-matches.other-entry': text(
    '영수증은 다른 기록에 관한 것입니다.',
    'The receipt is about another entry.',
  ),

  'commitment-matches': text('문서가 기록된 그대로임', 'The document is the one that was recorded'),
  'commitment-matches.proves': text(
    '문서의 한 글자도 기록된 뒤에 바뀌지 않았습니다.',
    'Not one character of the document has changed since it was recorded.',
  ),
  'commitment-matches.proves-not': text(
    '작성한 기관이 사실대로 적었는지는 말하지 않습니다.',
    'It does not show that the organisation wrote the truth.',
  ),
  'commitment-matches.other-document': text(
    '기록된 것과 다른 문서입니다.',
    'It is not the document that was recorded.',
  ),
  'commitment-matches.no-salt': text('문서 파일에 솔트가 없습니다.', 'The document file lacks its salt.'),
  'commitment-matches.no-document': text(
    '이 종류의 기록에는 문서가 없습니다.',
    'Entries of this kind have no document.',
  ),
  'commitment-matches.no-service': text(
    '이 문서를 검사할 서비스를 모릅니다.',
    'No service at hand can check this document.',
  ),
  'commitment-matches.not-canonical': text('문서를 읽을 수 없습니다.', 'The document cannot be read.'),
  'commitment-matches.entry-not-readable': text('기록을 읽을 수 없습니다.', 'The entry cannot be read.'),

  'attestation-in-batch': text('증명이 기록된 묶음에 들어 있음', 'The attestation is in the recorded batch'),
  'attestation-in-batch.proves': text(
    '문서가 발급기관이 기록한 {count}건 묶음의 {index}번이며 그 뒤로 바뀌지 않았습니다.',
    'The document is number {index} of the {count} that the issuer recorded, unchanged since.',
  ),
  'attestation-in-batch.proves-not': text(
    '지금 폐기되거나 정지되지 않았다는 뜻은 아닙니다.',
    'It does not show that it has not been revoked or suspended since.',
  ),
  'attestation-in-batch.no-proof': text(
    '묶음 안의 자리가 문서 파일에 없습니다.',
    'The document file lacks the place in the batch.',
  ),
  'attestation-in-batch.other-batch': text('다른 묶음의 증명입니다.', 'It belongs to another batch.'),
  'attestation-in-batch.out-of-range': text('묶음에 그런 자리가 없습니다.', 'The batch has no such place.'),
  'attestation-in-batch.other-document': text(
    '기록된 것과 다른 문서입니다.',
    'It is not the document that was recorded.',
  ),

  'trust-form': text('신뢰 파일의 형식이 맞음', 'The trust file is well formed'),
  'trust-form.malformed': text('올바르지 않은 곳: {place}', 'It is malformed at: {place}'),

  'keys-follow': text(
    '확인용 열쇠가 이 기기가 알던 것에서 이어짐',
    'The keys follow from those that this device knows',
  ),
  'keys-follow.unsigned': text(
    '사이트가 내주는 열쇠가 지금까지 쓰던 열쇠로 서명되지 않았습니다.',
    'Those that the site hands out are not signed with the key used until now.',
  ),
  'keys-follow.weaker': text(
    '사이트가 내주는 열쇠가 전보다 적은 것을 요구합니다.',
    'Those that the site hands out ask for less than before.',
  ),

  'trust-succeeds': text(
    '가지고 있는 신뢰 파일({from}판)의 다음 판({to}판)임',
    'It follows the trust file at hand (version {from}) as version {to}',
  ),
  'trust-succeeds.proves': text(
    '지금 믿는 기록부 키가 새 신뢰 파일에 서명했고, 요구하는 것이 줄지 않았거나 공동서명 서버들이 보증하거나 시가 발표한 지문입니다. 지문: {fingerprint}',
    'The log key that is trusted now signed the new trust file, which asks for no less, is endorsed by the witnesses, or bears the fingerprint named. Fingerprint: {fingerprint}',
  ),
  'trust-succeeds.proves-not': text(
    '그 키가 도난당하지 않았다는 뜻은 아닙니다. 시가 인쇄해 알린 지문과 비교하십시오.',
    'It does not show that this key was not stolen: compare the fingerprint with the one that the city prints.',
  ),
  'trust-succeeds.other-log': text(
    '다른 기록부({origin})의 것입니다.',
    'It belongs to another log ({origin}).',
  ),
  'trust-succeeds.not-later': text(
    '가지고 있는 것({from}판)보다 나중 판이 아닙니다({to}판).',
    'It is no later version ({to}) than the one at hand ({from}).',
  ),
  'trust-succeeds.not-signed': text(
    '지금 믿는 기록부 키의 서명이 없습니다. 사이의 판부터 차례로 받거나 지문을 비교하십시오.',
    'The log key that is trusted now did not sign it. Take the versions between one after another, or compare the fingerprint.',
  ),
  'trust-succeeds.weaker': text(
    '전보다 적은 공동서명으로도 통하거나 다른 계약을 믿게 하는데, 이를 보증하는 공동서명 서버가 모자랍니다. 시가 발표한 지문과 같을 때에만 받으십시오. 지문: {fingerprint}',
    'It lets fewer or other cosignatures do than before, or names other contracts, and too few witnesses endorse it. Take it only under the fingerprint that the city has published. Fingerprint: {fingerprint}',
  ),
  'trust-succeeds.bad-signature': text('서명이 맞지 않습니다.', 'The signature is wrong.'),
};
