/**
 * What is counted of polls. Turnout of each poll is public while it runs, so that nobody can add ballots unseen; a ballot's hour
 * is nobody's business: hours and days are counted over all polls together and in full tens.
 */
import type { Figures } from '../define.ts';
import { pollsClosingAfter } from './view.ts';

/** A count that moves less often than that tells of one hall, not of one voter. */
const STEP = 10;
const MAX_RUNNING = 500;

export const figures: Figures = {
  kinds: {
    polls: { label: { ko: '만든 투표', en: 'Polls created' } },
    rolls: { label: { ko: '확정한 선거인명부', en: 'Rolls frozen' } },
    ballots: { label: { ko: '투표지', en: 'Ballots' }, step: STEP },
  },
  *count(event) {
    yield* [];
    switch (event.name) {
      case 'PollCreated':
        return { polls: 1 };
      case 'RollFrozen':
        return { rolls: 1 };
      case 'BallotCast':
        return { ballots: 1 };
      default:
        return {};
    }
  },
  lists: {
    running: {
      title: { ko: '진행 중인 투표', en: 'Polls that are open' },
      columns: {
        pollId: { ko: '투표', en: 'Poll' },
        organisation: { ko: '기관', en: 'Organisation' },
        mode: { ko: '집계 방식', en: 'Counting' },
        opensAtSec: { ko: '시작', en: 'Opened' },
        closesAtSec: { ko: '마감', en: 'Closes' },
        voters: { ko: '선거인', en: 'Voters' },
        turnout: { ko: '투표자', en: 'Have voted' },
      },
      *rows(nowSec) {
        const polls = yield* pollsClosingAfter(nowSec, MAX_RUNNING);
        return polls
          .filter(({ opensAtSec, roll }) => opensAtSec <= nowSec && roll !== undefined)
          .map(({ pollId, organisation, mode, opensAtSec, closesAtSec, roll, turnout }) => ({
            pollId,
            organisation,
            mode,
            opensAtSec,
            closesAtSec,
            voters: roll!.size,
            turnout,
          }));
      },
    },
  },
};
