/** Certificates issued in one batch, looked at as their holders, verified, and one of them revoked. */
import type { Client } from '../lib/client.ts';
import type { Outcome } from './outcome.ts';

const NAMES = ['김하나', '이두리', '박세찬', '최네오', '정다솜'];

interface Item {
  readonly status: number;
  readonly entryId: string;
}

interface Status {
  readonly state: string;
}

export async function issueCredentials(issuer: Client, verifier: Client): Promise<Outcome> {
  const certificates = NAMES.map((holderName, i) => ({
    holderName,
    courseName: '블록체인 행정의 이해',
    hours: 12 + i,
    completedOn: '2026-03-02',
  }));
  const items = await issuer.post<Item[]>('/v1/credentials/issue-course', certificates, { wait: 30 });
  const entryIds = items.map(({ entryId }) => entryId);
  const revoked = entryIds[0]!;
  const { entryId: revocation } = await issuer.post(
    '/v1/credentials/revoke',
    { entryId: revoked, reason: 'issued-in-error' },
    { wait: 30 },
  );
  const statuses = await Promise.all(
    entryIds.map((entryId) => verifier.get<Status>(`/v1/credentials/status/${entryId}`)),
  );
  const states = statuses.map(({ state }) => state);
  const isRight = states[0] === 'revoked' && states.slice(1).every((state) => state === 'valid');
  const says = `${NAMES.length} issued; status ${states.join(', ')}`;
  return { name: 'credentials', entryIds: [...entryIds, revocation], isRight, says };
}
