/** Photographs of an inspection record, each compared with the digest that the record holds. */
import type { Hex } from '../../../server/core/bytes.ts';
import { messageOf } from '../../lib/api.ts';
import { t } from '../../lib/lang.ts';
import { useLoad } from '../../lib/load.ts';
import { askPhotograph } from '../../lib/photographs.ts';
import { Busy } from '../../parts/busy.tsx';

export function Photographs({ record, digests }: { record: Hex; digests: readonly string[] }) {
  return (
    <section class="part">
      <h2>{t('photo.title')}</h2>
      <p class="subtle">{t('photo.who')}</p>
      <ul class="photos">
        {digests.map((digest, i) => (
          <li key={digest}>
            <Photograph record={record} digest={digest} name={t('photo.nth', { n: i + 1 })} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Photograph({ record, digest, name }: { record: Hex; digest: string; name: string }) {
  const { data, error } = useLoad(
    async () => ({ image: await askPhotograph(record, digest) }),
    [record, digest],
  );
  if (error !== undefined) return <p class="wrong">{`${name}: ${messageOf(error)}`}</p>;
  if (!data) return <Busy what={name} />;
  if (data.image === null) return <p class="boxed small">{`${name}: ${t('photo.gone')}`}</p>;
  return <img src={data.image} alt={name} />;
}
