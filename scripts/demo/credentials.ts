/** Certificates issued in one batch, looked at as their holders, verified, and one of them revoked. */
import type { Client } from '../../web/lib/client/client.ts';
import type { Outcome } from './outcome.ts';

const NAMES = ['김하나', '이두리', '박세찬', '최네오', '정다솜'];

export async function issueCredentials(issuer: Client, verifier: Client): Promise<Outcome> {
  const certificates = NAMES.map((holderName, i) => ({
    holderName,
    courseName: '블록체인 행정의 이해',
    hours: 12 + i,
    completedOn: '2026-03-02',
  }));
  const items = await issuer.credentials.issueCourse.all(certificates, { waitSec: 30 });
  const entryIds = items.map((item) => {
    if (item.error !== undefined) throw new Error(item.error.detail);
    return item.entryId;
  });
  const revoked = entryIds[0]!;
  const { entryId: revocation } = await issuer.credentials.revoke(
    { entryId: revoked, reason: 'issued-in-error' },
    { waitSec: 30 },
  );
  const statuses = await Promise.all(entryIds.map((entryId) => verifier.credentials.status({ entryId })));
  const states = statuses.map(({ state }) => state);
  const isRight = states[0] === 'revoked' && states.slice(1).every((state) => state === 'valid');
  const says = `${NAMES.length} issued; status ${states.join(', ')}`;
  return { name: 'credentials', entryIds: [...entryIds, revocation], isRight, says };
}
