/** What each alert means and what to do about it: `title` says what is wrong now, `remedy` which button. */
import type { Text } from '../../services/define.ts';
import type { AlertCode } from './alerts.ts';

export interface AlertWords {
  readonly title: Text;
  readonly remedy: Text;
}

export const ALERT_WORDS: Readonly<Record<AlertCode, AlertWords>> = {
  CHAIN_SILENT: {
    title: {
      ko: '체인 노드가 {seconds}초째 응답하지 않습니다.',
      en: 'No node of the chain has answered for {seconds} s.',
    },
    remedy: {
      ko: '노드 프로세스와 SILLOK_RPC_URL의 주소를 확인하고 노드를 다시 시작하세요. 받은 기록은 디스크에 남아 있으며 이어서 보냅니다.',
      en: 'Check the node process and the address in SILLOK_RPC_URL, and restart the node. What was accepted is on the disk and goes on by itself.',
    },
  },
  CHAIN_SHORTENED: {
    title: {
      ko: '체인이 {head}번 블록에서 끝나는데, 이미 {read}번까지 읽었습니다.',
      en: 'The chain ends at block {head}, but block {read} was read already.',
    },
    remedy: {
      ko: '노드가 옛 복사본에서 복원되었거나 다른 체인을 가리킵니다. 노드를 다른 검증 노드와 동기화하거나 주소를 바로잡으세요. 그때까지 새 기록을 받지 않습니다.',
      en: 'The node was restored from an old copy, or belongs to another chain. Let it synchronise with the other validators or correct its address. Nothing new is taken in until then.',
    },
  },
  BLOCKS_STOPPED: {
    title: { ko: '새 블록이 {seconds}초째 나오지 않습니다.', en: 'No new block for {seconds} s.' },
    remedy: {
      ko: '검증 노드가 3분의 2 넘게 살아 있어야 합니다. 멈춘 노드를 npm run network -- status로 찾아 다시 시작하세요.',
      en: 'More than two thirds of the validators must be up. Find those that stopped with npm run network -- status and restart them.',
    },
  },
  ENDPOINTS_FEW: {
    title: {
      ko: '최신 상태인 노드가 {of}개 중 {good}개뿐이며, {needed}개가 필요합니다.',
      en: 'Only {good} of {of} nodes are current; {needed} are needed.',
    },
    remedy: {
      ko: '노드끼리 블록이 같다고 확인할 수 없어 새 블록을 믿지 않습니다. 아래 표에서 멈춘 노드를 다시 시작하세요.',
      en: 'No new block counts, because not enough nodes agree on it. Restart the nodes that the table below shows as stopped.',
    },
  },
  ENDPOINT_FALSE: {
    title: {
      ko: '노드 {url}이(가) 다른 체인이거나 다른 노드와 어긋난 이력을 보였습니다({standing}).',
      en: 'Node {url} is of another chain, or showed another history than the others ({standing}).',
    },
    remedy: {
      ko: '그 노드는 쓰지 않습니다. 침입이나 디스크 손상일 수 있으니 서버를 네트워크에서 떼고 기록을 보존한 뒤 조사하세요. 고친 뒤 게이트웨이를 다시 시작해야 다시 믿습니다.',
      en: 'It is not used any more. This may be an intrusion or a damaged disk: take the server off the network, keep its logs, and look. It is trusted again only after a restart of the gateway.',
    },
  },
  ENDPOINT_DOWN: {
    title: {
      ko: '노드 {url}이(가) 멈췄거나 뒤처졌습니다({standing}).',
      en: 'Node {url} is down or behind ({standing}).',
    },
    remedy: {
      ko: '다른 노드로 계속 운영됩니다. 그 서버에서 노드 프로세스, 디스크, 시계를 확인하고 다시 시작하세요. {error}',
      en: 'The others carry on. On its server check the process, the disk and the clock, and restart it. {error}',
    },
  },
  PEERS_MISSING: {
    title: {
      ko: '노드 {url}이(가) 다른 노드 {needed}개 중 {peers}개와만 연결되어 있습니다.',
      en: 'Node {url} is connected to {peers} of {needed} others.',
    },
    remedy: {
      ko: '시 서버 사이의 방화벽과 노드 주소 목록을 확인하세요.',
      en: 'Check the firewall between the city servers and the list of node addresses.',
    },
  },
  ROUNDS_REPEATED: {
    title: {
      ko: '최근 블록이 {round}번 다시 시도한 뒤에야 합의되었습니다.',
      en: 'The newest block was agreed on only after {round} further tries.',
    },
    remedy: {
      ko: '검증 노드 하나가 느리거나 멈췄습니다. 각 서버의 시계와 부하, 노드 상태를 확인하세요.',
      en: 'A validator is slow or down. Check clock, load and node on each city server.',
    },
  },
  READING_BEHIND: {
    title: { ko: '아직 읽지 않은 블록이 {blocks}개 있습니다.', en: '{blocks} blocks are not read yet.' },
    remedy: {
      ko: '시작 직후라면 기다리면 됩니다. 줄지 않으면 이 서버의 프로세서와 디스크 부하를 확인하세요.',
      en: 'Just after a start this passes by itself. If it does not shrink, look at the load of processor and disk of this server.',
    },
  },
  LANES_PAUSED: {
    title: { ko: '모든 전송 계정이 멈췄습니다: {reason}', en: 'Every lane is paused: {reason}' },
    remedy: {
      ko: '다른 프로그램이 같은 계정을 쓰거나 체인이 바뀌었을 때 일어납니다. 같은 데이터 폴더의 복사본이 돌고 있지 않은지 확인한 뒤 게이트웨이를 다시 시작하세요.',
      en: 'This happens when another program uses the same accounts, or the chain was replaced. Make sure that no copy of this data folder is running, then restart the gateway.',
    },
  },
  LANE_PAUSED: {
    title: { ko: '전송 계정 {lane}번이 멈췄습니다: {reason}', en: 'Lane {lane} is paused: {reason}' },
    remedy: {
      ko: '다른 계정으로 계속 보냅니다. 스스로 풀리지 않으면 계정 {address}을(를) 쓰는 다른 프로그램이 없는지 확인하고 다시 시작하세요.',
      en: 'The other lanes carry on. If it does not clear by itself, make sure that no other program uses account {address}, and restart.',
    },
  },
  LANE_GAPS: {
    title: {
      ko: '전송 계정 {lane}번에 빠진 번호가 {gaps}개 있습니다.',
      en: 'Lane {lane} has {gaps} nonces to fill.',
    },
    remedy: {
      ko: '스스로 메웁니다. 몇 분이 지나도 남아 있으면 노드가 거래를 받는지 확인하세요.',
      en: 'They are filled without help. If they stay for minutes, check whether the node takes transactions.',
    },
  },
  QUEUE_FULL: {
    title: { ko: '대기열이 가득 찼습니다({open} / {limit}).', en: 'The queue is full ({open} of {limit}).' },
    remedy: {
      ko: '새 기록은 503으로 거절되며 보낸 쪽이 다시 시도합니다. 체인이 블록을 만드는지 먼저 확인하고, 부하가 정상이라면 SILLOK_QUEUE_MAX를 올리세요.',
      en: 'New writes are answered 503 and their senders try again. Check first that the chain makes blocks; if the load is genuine, raise SILLOK_QUEUE_MAX.',
    },
  },
  QUEUE_FILLING: {
    title: {
      ko: '대기열이 차고 있습니다({open} / {limit}).',
      en: 'The queue is filling ({open} of {limit}).',
    },
    remedy: {
      ko: '들어오는 기록이 체인이 받는 것보다 빠릅니다. 블록 간격과 전송 계정을 확인하고, 큰 일괄 작업은 나누어 보내게 하세요.',
      en: 'Entries come faster than the chain takes them. Look at block times and lanes, and have bulk senders slow down.',
    },
  },
  QUEUE_OLD: {
    title: {
      ko: '{seconds}초째 확정되지 않은 기록이 있습니다.',
      en: 'An entry has not become final for {seconds} s.',
    },
    remedy: {
      ko: '받은 기록은 잃지 않습니다. 블록이 나오는지, 전송 계정이 멈췄는지 아래에서 확인하세요.',
      en: 'Nothing that was accepted is lost. See below whether blocks come and whether a lane is paused.',
    },
  },
  CHECKPOINT_LATE: {
    title: {
      ko: '기록 {leaves}건이 {seconds}초째 확인점을 기다립니다.',
      en: '{leaves} entries have waited {seconds} s for a checkpoint.',
    },
    remedy: {
      ko: '공동서명 서버가 모자라면 영수증이 나가지 않습니다. 아래 표의 공동서명 서버를 다시 시작하세요. 로그의 오류 LOG_CONFLICT는 사람이 조사해야 합니다.',
      en: 'Without enough witnesses no receipt goes out. Restart those that the table below shows as absent. A LOG_CONFLICT in the gateway’s own log needs a person to look.',
    },
  },
  WITNESSES_FEW: {
    title: {
      ko: '공동서명 서버가 {of}대 중 {present}대뿐이며, {threshold}대가 필요합니다.',
      en: 'Only {present} of {of} witnesses cosign; {threshold} are needed.',
    },
    remedy: {
      ko: '새 기록의 영수증이 나가지 않습니다. 시 서버에서 공동서명 프로세스를 다시 시작하세요.',
      en: 'New entries get no receipts. Restart the witness process on the city servers.',
    },
  },
  WITNESS_ABSENT: {
    title: { ko: '공동서명 서버 {name}이(가) 서명하지 않습니다.', en: 'Witness {name} does not cosign.' },
    remedy: {
      ko: '마지막 서명은 {size}건까지입니다({published}건 중). 그 서버의 프로세스와 노드를 확인하세요. 차이를 발견해 거절한 것이라면 그 서버의 로그가 이유를 말합니다. {error}',
      en: 'It cosigned up to {size} of {published} entries. Check its process and its node. If it refuses because it saw a difference, its own log says which. {error}',
    },
  },
  WITNESS_REFUSES: {
    title: {
      ko: '공동서명 서버 {name}이(가) {size}건의 확인점을 거절했습니다({reason}).',
      en: 'Witness {name} refused the checkpoint of {size} entries ({reason}).',
    },
    remedy: {
      ko: '그 서버의 노드가 다른 기록을 보았거나 이 기록부가 갈라졌습니다. 그 서버의 /status에 증거가 있습니다. npm run audit으로 이 서버를, npm run monitor로 밖에서 확인하세요.',
      en: 'Its node shows other entries, or this log has forked. The evidence is in its /status. Check this server with npm run audit, and from outside with npm run monitor.',
    },
  },
  WITNESS_CLOCK: {
    title: { ko: '공동서명 서버 {name}의 시계가 다릅니다.', en: 'The clock of witness {name} is off.' },
    remedy: {
      ko: '이 서버의 시계와 {seconds}초 차이가 납니다. 서명은 유효하지만 그 안에 적힌 시각은 틀립니다. 그 서버의 시각 동기화를 확인하세요.',
      en: 'It differs from the clock here by {seconds} s. Its signatures are valid, the time written in them is wrong. Check how that server keeps time.',
    },
  },
  CLOCK_WRONG: {
    title: { ko: '이 서버의 시계가 다릅니다.', en: 'The clock of this server is off.' },
    remedy: {
      ko: '공동서명 서버들의 시계와 {seconds}초 차이가 납니다. 로그인이 거절될 수 있습니다. 기록의 순서는 시계에 달려 있지 않습니다. 시각 동기화를 확인하세요.',
      en: 'It differs from the clocks of the witnesses by {seconds} s. Sign-ins may be refused; the order of entries does not depend on it. Check how this server keeps time.',
    },
  },
  STANDBYS_LOST: {
    title: { ko: '예비 서버 {of}대가 모두 응답하지 않습니다.', en: 'None of the {of} standbys answers.' },
    remedy: {
      ko: '다른 서버에 복사본이 남기 전에는 기록을 받았다고 답하지 않습니다. 예비 서버를 다시 시작하거나 새로 만드세요.',
      en: 'Nothing is acknowledged until another server holds a copy. Restart a standby or set up a new one.',
    },
  },
  STANDBY_DOWN: {
    title: { ko: '예비 서버 {url}이(가) 응답하지 않습니다.', en: 'Standby {url} does not answer.' },
    remedy: {
      ko: '그 서버의 프로세스와 네트워크를 확인하세요. 돌아오면 밀린 만큼 스스로 따라잡습니다. {error}',
      en: 'Check its process and its network. Once back it catches up by itself. {error}',
    },
  },
  STANDBY_BEHIND: {
    title: {
      ko: '예비 서버 {url}이(가) {lag}건 뒤처져 있습니다.',
      en: 'Standby {url} is {lag} commits behind.',
    },
    remedy: {
      ko: '줄지 않으면 그 서버의 디스크와 네트워크 속도를 확인하세요. 뒤처진 예비 서버로 넘기지 마세요.',
      en: 'If it does not shrink, look at the speed of its disk and network. Do not promote a standby that is behind.',
    },
  },
  PUBLICATIONS_LACKING: {
    title: {
      ko: '장부가 해시로 적은 공개 원문 {late}건을 얻지 못했습니다.',
      en: '{late} public documents that the ledger names by their hash cannot be had.',
    },
    remedy: {
      ko: '기록 {leaf}번이 가리키는 {digest}을(를) 다른 게이트웨이와 공동서명 서버가 5분 넘게 주지 않습니다. 접수한 게이트웨이가 꺼져 있으면 다시 시작하세요. 기관이 원문을 내놓지 않았을 수도 있습니다.',
      en: 'Entry {leaf} names {digest}, which no gateway and no witness has given for five minutes. Start the gateway that took it in, if it is down. Its author may also have withheld it.',
    },
  },
  CLAIMS_STOPPED: {
    title: {
      ko: '증명처럼 묶음으로 올리는 기록을 {seconds}초째 접수하지 못합니다: {gateway} ({reason})',
      en: 'No entry that goes into a batch, as certificates do, has been taken in for {seconds} s: {gateway} ({reason}).',
    },
    remedy: {
      ko: 'CLAIMS_UNREACHABLE이면 그 게이트웨이를 다시 켜거나 예비 서버로 넘기세요. CLAIMS_REFUSED이면 양쪽의 SILLOK_CLAIMS_FILE을 맞추세요. CLAIMS_INCOMPLETE이면 그 게이트웨이를 켜고, 아주 없어졌다면 SILLOK_CLAIMS_FILE에서 빼세요. 다른 기록은 계속 접수합니다.',
      en: 'CLAIMS_UNREACHABLE: start that gateway again, or let its standby take over. CLAIMS_REFUSED: make SILLOK_CLAIMS_FILE the same on both. CLAIMS_INCOMPLETE: start that gateway or, if it is gone for good, take it out of SILLOK_CLAIMS_FILE. All other entries go on.',
    },
  },
  RECORDED_TWICE: {
    title: {
      ko: '{entries}건이 이 게이트웨이와 다른 게이트웨이에서 두 번 기록되었습니다.',
      en: '{entries} entries were recorded twice, here and by another gateway.',
    },
    remedy: {
      ko: '두 게이트웨이를 함께 옛 복사본에서 복원하거나 사람이 기록을 풀어 준 뒤에 일어납니다. 게이트웨이 로그에서 RECORDED_TWICE를 찾아 발급 기관이 둘 중 하나를 취소하게 하세요.',
      en: 'It follows the restoring of both from older copies, or the release of a claim by hand. Find RECORDED_TWICE in the gateway’s log and let the issuer revoke one of the two.',
    },
  },
  KEYS_ENDING: {
    title: {
      ko: '기관 {organisation}의 마지막 서명 열쇠가 {day}에 끝납니다.',
      en: 'The last signing key of {organisation} ends on {day}.',
    },
    remedy: {
      ko: '그 뒤에는 이 기관의 기록이 거절됩니다. 관리자 화면의 기관에서 새 열쇠를 만들거나 직원을 초대하세요.',
      en: 'From then on its entries are refused. Add a key or invite a member of its staff, under Organisations on the administrator’s page.',
    },
  },
  STORE_UNWRITABLE: {
    title: { ko: '저장소에 쓸 수 없습니다: {reason}', en: 'The store cannot be written: {reason}' },
    remedy: {
      ko: '디스크 공간과 데이터 폴더의 권한을 확인하세요. 공간이 생기면 다시 시작하지 않아도 이어집니다.',
      en: 'Check the room on the disk and the permissions of the data folder. It goes on without a restart once there is room.',
    },
  },
  DISK_LOW: {
    title: {
      ko: '데이터 폴더의 디스크에 {megabytes} MB만 남았습니다.',
      en: 'Only {megabytes} MB are left on the disk of the data folder.',
    },
    remedy: {
      ko: '디스크를 늘리거나 다른 파일을 옮기세요. 데이터 폴더 안의 파일은 지우지 마세요.',
      en: 'Enlarge the disk or move other files away. Delete nothing inside the data folder.',
    },
  },
};
