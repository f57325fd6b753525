/** Voting: polls of the city with anonymous ballots that the chain counts and anybody recounts. */
import { defineAction, defineQuery, defineService } from '../define.ts';
import {
  answerBallots,
  answerChunk,
  answerImages,
  answerList,
  answerOwn,
  answerPoll,
  answerRoll,
  ballotsInput,
  chunkInput,
  listInput,
  ownInput,
  pollInput,
} from './answers.ts';
import { checks } from './checks.ts';
import { examples } from './examples.ts';
import { figures } from './figures.ts';
import * as output from './output.ts';
import { cast, createPoll, enrol, importCodes, onePoll, POLL_SCHEMA } from './records.ts';
import { planCast, planClosure, planCodes, planEnrolment, planOpening, planPoll } from './rules.ts';
import { fold } from './view.ts';
import { words } from './words.ts';

export const voting = defineService({
  id: 'voting',
  title: { ko: '투표', en: 'Voting' },
  summary: {
    ko: '무기명 투표를 열고, 등록하고, 투표하고, 누구나 다시 집계합니다.',
    en: 'Open polls, enrol, cast anonymous ballots, and let anybody recount.',
  },
  schemas: [POLL_SCHEMA],
  contract: 'Ballots',
  actions: {
    'create-poll': defineAction({
      summary: { ko: '투표 만들기', en: 'Create a poll' },
      input: createPoll,
      access: 'organisation',
      schema: POLL_SCHEMA,
      example: examples.createPoll,
      reply: output.created,
      plan: planPoll,
    }),
    'import-codes': defineAction({
      summary: { ko: '등록 코드 가져오기', en: 'Import enrolment codes' },
      input: importCodes,
      access: 'organisation',
      schema: POLL_SCHEMA,
      example: examples.importCodes,
      reply: output.imported,
      plan: planCodes,
    }),
    enrol: defineAction({
      summary: { ko: '투표인 등록', en: 'Enrol as a voter' },
      input: enrol,
      access: 'anonymous',
      example: examples.enrol,
      reply: output.enrolled,
      plan: planEnrolment,
    }),
    'close-enrolment': defineAction({
      summary: { ko: '등록 마감', en: 'Close enrolment' },
      input: onePoll,
      access: 'organisation',
      schema: POLL_SCHEMA,
      example: examples.onePoll,
      reply: output.enrolled,
      plan: planClosure,
    }),
    'open-poll': defineAction({
      summary: { ko: '선거인명부 확정과 투표 열기', en: 'Freeze the roll and open the poll' },
      input: onePoll,
      access: 'organisation',
      schema: POLL_SCHEMA,
      example: examples.onePoll,
      reply: output.opened,
      plan: planOpening,
    }),
    cast: defineAction({
      summary: { ko: '투표하기', en: 'Cast a ballot' },
      input: cast,
      access: 'anonymous',
      example: examples.cast,
      plan: planCast,
    }),
  },
  queries: {
    polls: defineQuery({
      summary: { ko: '투표 목록', en: 'All polls' },
      path: 'polls',
      input: listInput,
      access: 'public',
      example: {},
      output: output.polls,
      answer: answerList,
    }),
    'own-polls': defineQuery({
      summary: { ko: '우리 기관의 투표', en: 'Polls of the own organisation' },
      path: 'own-polls',
      input: ownInput,
      access: 'organisation',
      example: {},
      output: output.ownPolls,
      answer: answerOwn,
    }),
    poll: defineQuery({
      summary: { ko: '투표 하나와 실시간 집계', en: 'One poll with its live tally' },
      path: 'polls/{pollId}',
      input: pollInput,
      access: 'public',
      example: examples.onePoll,
      output: output.poll,
      answer: answerPoll,
    }),
    images: defineQuery({
      summary: { ko: '선택지 그림', en: 'Pictures of the options' },
      path: 'polls/{pollId}/images',
      input: pollInput,
      access: 'public',
      example: examples.onePoll,
      output: output.images,
      answer: answerImages,
    }),
    roll: defineQuery({
      summary: { ko: '확정된 선거인명부의 요약', en: 'The frozen roll in outline' },
      path: 'polls/{pollId}/roll',
      input: pollInput,
      access: 'public',
      example: examples.onePoll,
      output: output.roll,
      answer: answerRoll,
    }),
    'roll-chunk': defineQuery({
      summary: { ko: '선거인명부 한 묶음(1,024명)', en: 'One chunk of the roll (1,024 members)' },
      path: 'polls/{pollId}/roll/{chunk}',
      input: chunkInput,
      access: 'public',
      example: { ...examples.onePoll, chunk: '0' },
      output: output.chunk,
      answer: answerChunk,
    }),
    ballots: defineQuery({
      summary: { ko: '모든 투표지(재집계용)', en: 'Every ballot, for a recount' },
      path: 'polls/{pollId}/ballots',
      input: ballotsInput,
      access: 'public',
      example: { ...examples.onePoll, limit: '100' },
      output: output.ballots,
      answer: answerBallots,
    }),
  },
  fold,
  checks,
  words,
  figures,
});
