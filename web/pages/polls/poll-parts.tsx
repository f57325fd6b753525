/** Small pieces that every page about polls shares. */
import { dateTime, number, percent } from '../../lib/format.ts';
import { say, t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import { Notice } from '../../parts/notice.tsx';
import { Facts } from '../../parts/table.tsx';

type Bilingual = { readonly ko: string; readonly en?: string | undefined };

export function sayContent(text: Bilingual | undefined): string {
  return text === undefined ? '' : say({ ko: text.ko, en: text.en ?? text.ko });
}

export function titleOf(poll: Poll): string {
  return sayContent(poll.content?.title) || poll.pollId.slice(0, 10);
}

export function optionText(poll: Poll, option: number): string {
  return sayContent(poll.content?.options[option]) || t('create.option', { n: option + 1 });
}

export function periodText(poll: Poll): string {
  return t('poll.period.value', { from: dateTime(poll.opensAtSec), to: dateTime(poll.closesAtSec) });
}

const LOOKS = {
  draft: 'gray',
  enrolling: 'information',
  scheduled: 'information',
  open: 'success',
  closed: 'gray',
} as const;

export function StateBadge({ state }: { state: Poll['state'] }) {
  return <span class={`krds-badge small bg-light-${LOOKS[state]}`}>{t(`state.${state}`)}</span>;
}

function ruleText({ minChoices, maxChoices }: Poll): string {
  if (minChoices === 1 && maxChoices === 1) return t('poll.rule.one');
  if (minChoices === maxChoices) return t('poll.rule.exact', { n: minChoices });
  return t('poll.rule.range', { min: minChoices, max: maxChoices });
}

export function turnoutText({ turnout, roll }: Poll): string {
  const size = roll?.size ?? 0;
  return t('poll.turnout.value', { n: number(turnout), size: number(size), share: percent(turnout, size) });
}

export function PollFacts({ poll }: { poll: Poll }) {
  return (
    <Facts
      facts={[
        [t('poll.period'), periodText(poll)],
        [t('poll.rule'), ruleText(poll)],
        [t('poll.mode'), t(`poll.mode.${poll.mode}`)],
        ...(poll.roll ? [[t('poll.turnout'), turnoutText(poll)] as const] : []),
        ...(!poll.roll && poll.enrolment
          ? [[t('poll.enrolled'), t('poll.enrolled.value', { n: number(poll.enrolment.enrolled) })] as const]
          : []),
      ]}
    />
  );
}

const SERIOUS = ['TEXT_ALTERED', 'MORE_BALLOTS_THAN_VOTERS'];

export function PollNotices({ poll }: { poll: Poll }) {
  return (
    <>
      {poll.notices.map((notice) => (
        <Notice key={notice} kind={SERIOUS.includes(notice) ? 'danger' : 'info'}>
          {t(`poll.notice.${notice}`)}
        </Notice>
      ))}
    </>
  );
}
