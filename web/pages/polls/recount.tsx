import { useState } from 'preact/hooks';
import type { Hex } from '../../../server/core/bytes.ts';
import { number } from '../../lib/format.ts';
import { t } from '../../lib/lang.ts';
import type { Poll } from '../../lib/polls.ts';
import { type Counted, recount } from '../../lib/recount.ts';
import { Progress } from '../../parts/busy.tsx';
import { Hash } from '../../parts/hash.tsx';
import { KeysAtHand, KeysInDoubt } from '../../parts/keys.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { Facts } from '../../parts/table.tsx';

export function Recount({ poll, mine }: { poll: Poll; mine?: Hex }) {
  const [counting, setCounting] = useState<number>();
  const [counted, setCounted] = useState<Counted>();
  const [error, setError] = useState<unknown>();
  const run = async () => {
    setError(undefined);
    setCounted(undefined);
    setCounting(0);
    await recount(poll.pollId, setCounting, mine).then(setCounted, setError);
    setCounting(undefined);
  };
  return (
    <div class="part">
      <p>{t('recount.text')}</p>
      {counting === undefined ? (
        <div>
          <button type="button" class="krds-btn medium secondary" onClick={run}>
            {t('recount.do')}
          </button>
        </div>
      ) : (
        <Progress what={t('recount.busy')} done={counting} of={Math.max(1, poll.turnout)} />
      )}
      {error !== undefined && <Failure error={error} />}
      {counted && <Outcome counted={counted} />}
      <Facts
        facts={[
          [t('recount.content'), <Hash what={t('recount.content')} code={poll.contentHash} />],
          ...(poll.roll
            ? [[t('recount.roll'), <Hash what={t('recount.roll')} code={poll.roll.root} />] as const]
            : []),
        ]}
      />
      <KeysInDoubt />
      <KeysAtHand />
      <p class="small">{t('recount.more')}</p>
    </div>
  );
}

function Outcome({ counted }: { counted: Counted }) {
  const { ballots, agrees, twice, invalid, isTextSame, mine } = counted;
  const isGood = agrees && twice === 0 && invalid === 0;
  return (
    <>
      <Notice
        kind={isGood ? 'success' : 'danger'}
        title={isGood ? t('recount.same', { n: number(ballots) }) : t('recount.differs')}
      >
        {twice > 0 && <p>{t('recount.twice', { n: twice })}</p>}
        {invalid > 0 && <p>{t('recount.invalid', { n: invalid })}</p>}
      </Notice>
      <Notice kind={isTextSame ? 'success' : 'danger'}>
        {t(isTextSame ? 'recount.text.same' : 'recount.text.differs')}
      </Notice>
      {mine !== undefined && (
        <Notice kind={mine > 0 ? 'success' : 'danger'}>
          {mine > 0 ? t('recount.mine', { n: number(mine) }) : t('recount.mine.not')}
        </Notice>
      )}
    </>
  );
}
