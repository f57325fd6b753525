import { expect } from 'chai';
import fc from 'fast-check';
import type { Hex } from '../../../../server/core/bytes.ts';
import { AppError } from '../../../../server/core/errors.ts';
import { nameToBytes32 } from '../../../../server/core/ids.ts';
import {
  holderKeyOf,
  holderLink,
  isHolderKey,
  parseHolderLink,
} from '../../../../server/services/credentials/holder.ts';
import { credentials } from '../../../../server/services/credentials/index.ts';
import {
  type CredentialStatus,
  credentialStatus,
  heavier,
  type StatusRow,
} from '../../../../server/services/credentials/status.ts';
import { property } from '../../../helpers/property.ts';
import { World } from '../../../helpers/run-plan.ts';

const ISSUER = 'seongdong-gu';
const residence = credentials.actions['issue-residence']!.example as Record<string, unknown>;
const at = (text: string): number => Date.parse(text) / 1000;
const world = (): World => new World(credentials, at('2026-11-20T10:00:00+09:00'));

const statusOf = (here: World, entryId: Hex): CredentialStatus =>
  here.ask('status', { entryId }) as CredentialStatus & { entryId: Hex };
const codes = (here: World, entryId: Hex): string[] =>
  statusOf(here, entryId).reasons.map(({ code }) => code);

function refusal(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('a credential', () => {
  it('is unknown before it is on the ledger, then valid', () => {
    const here = world();
    const { entryId } = here.accept('issue-residence', residence, ISSUER);
    expect(statusOf(here, entryId).state).equal('unknown');
    expect(codes(here, entryId)).deep.equal(['NOT_ANCHORED_YET']);
    here.settle();
    expect(statusOf(here, entryId)).deep.equal({
      entryId,
      state: 'valid',
      reasons: [],
      asOfSec: here.nowSec,
    });
  });

  it('that nobody issued is unknown, never valid', () => {
    expect(codes(world(), `0x${'99'.repeat(32)}`)).deep.equal(['UNKNOWN_HERE']);
  });

  it('is suspended, resumed and revoked, and never comes back from that', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', residence, ISSUER);
    const change = (action: string, reason: string) =>
      refusal(() => here.act(action, { entryId, reason }, ISSUER));
    expect(change('resume', 'review-finished')).equal('CREDENTIAL_STATUS');
    expect(change('suspend', 'lost')).equal(undefined);
    expect(statusOf(here, entryId).state).equal('suspended');
    expect(change('suspend', 'lost')).equal('CREDENTIAL_STATUS');
    expect(change('resume', 'review-finished')).equal(undefined);
    expect(statusOf(here, entryId).state).equal('valid');
    expect(change('revoke', 'no-longer-entitled')).equal(undefined);
    expect(statusOf(here, entryId).state).equal('revoked');
    expect(change('resume', 'review-finished')).equal('CREDENTIAL_STATUS');
    expect(change('revoke', 'no-longer-entitled')).equal('CREDENTIAL_STATUS');
  });

  it('is changed by its issuer and the city only, and not before it is anchored', () => {
    const here = world();
    const { entryId } = here.accept('issue-residence', residence, ISSUER);
    const revoke = (by: string) =>
      refusal(() => here.act('revoke', { entryId, reason: 'issued-in-error' }, by));
    expect(revoke(ISSUER)).equal('CREDENTIAL_UNKNOWN');
    here.settle();
    expect(revoke('someone-else')).equal('NOT_THE_ISSUER');
    expect(revoke('city')).equal(undefined);
  });

  it('changes alone: its neighbours stay as they are', () => {
    const here = world();
    const ids = ['가', '나', '다'].map(
      (holderName) => here.act('issue-residence', { ...residence, holderName }, ISSUER).entryId,
    );
    here.act('revoke', { entryId: ids[1], reason: 'issued-in-error' }, ISSUER);
    expect(ids.map((id) => statusOf(here, id).state)).deep.equal(['valid', 'revoked', 'valid']);
  });

  it('falls with its whole batch', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', residence, ISSUER);
    const batchId = (here.events[0]!.args as { entryId: Hex }).entryId;
    const change = (status: number, id: string) =>
      here.record({
        name: 'AttestationStatusChanged',
        contract: 'Attestations',
        args: {
          entryId: `0x${id.repeat(32)}`,
          batchId,
          organisation: nameToBytes32(ISSUER),
          status,
          indexes: [],
        },
      });
    change(2, 'b2');
    expect(statusOf(here, entryId).state).equal('suspended');
    change(1, 'b1');
    expect(statusOf(here, entryId).state).equal('valid');
    change(3, 'b3');
    expect(statusOf(here, entryId).state).equal('revoked');
    expect(here.ask('leaf-status', { batchId, index: '0' })).include({ status: 'revoked' });
    expect(here.ask('leaf-status', { batchId, index: '1' })).include({ status: 'unknown' });
  });

  it('is valid to the last second of its last day in Seoul', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', residence, ISSUER);
    here.nowSec = at('2027-12-31T23:59:59+09:00');
    expect(statusOf(here, entryId).state).equal('valid');
    here.nowSec += 1;
    expect(statusOf(here, entryId).state).equal('expired');
    expect(codes(here, entryId)).deep.equal(['EXPIRED']);
  });

  it('is not valid before its first day', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', { ...residence, validFrom: '2026-12-01' }, ISSUER);
    expect(statusOf(here, entryId).state).equal('not-yet-valid');
    here.nowSec = at('2026-12-01T00:00:00+09:00');
    expect(statusOf(here, entryId).state).equal('valid');
  });

  it('is not issued for days that are over', () => {
    expect(
      refusal(() => world().act('issue-residence', { ...residence, validUntil: '2026-11-19' }, ISSUER)),
    ).equal('EXPIRED_AT_ISSUE');
    expect(
      refusal(() => world().act('issue-residence', { ...residence, validUntil: '2026-11-20' }, ISSUER)),
    ).equal(undefined);
  });

  it('whose document is erased is not called valid any more, but a revocation still shows', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', residence, ISSUER);
    here.rows.delete(`original:${entryId}`);
    expect(statusOf(here, entryId).state).equal('unknown');
    expect(codes(here, entryId)).deep.equal(['DOCUMENT_NOT_HELD']);
    here.act('revoke', { entryId, reason: 'holder-asked' }, ISSUER);
    expect(statusOf(here, entryId).state).equal('revoked');
  });

  it('tells strangers nothing but its state', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', residence, ISSUER);
    here.act('revoke', { entryId, reason: 'no-longer-entitled', note: '전출' }, ISSUER);
    const answer = statusOf(here, entryId);
    expect(Object.keys(answer).sort()).deep.equal(['asOfSec', 'entryId', 'reasons', 'state']);
    expect(JSON.stringify(answer)).not.contains('no-longer-entitled');
    expect(JSON.stringify([...here.rows].filter(([key]) => !key.startsWith('original:')))).not.contains(
      '전출',
    );
  });
});

describe('the status', () => {
  const status = fc.constantFrom('valid' as const, 'suspended' as const, 'revoked' as const);
  const row = status.map((value): StatusRow => ({ status: value, sinceSec: 1 }));

  it('is valid only with nothing against it', () => {
    property(
      fc.option(row, { nil: undefined }),
      fc.nat(4_000_000_000),
      fc.boolean(),
      (leaf, nowSec, isHeld) => {
        const period = isHeld ? { validFrom: '2026-01-01', validUntil: '2026-12-31' } : undefined;
        const { state, reasons } = credentialStatus({ leaf, period }, nowSec);
        expect(state === 'valid').equal(reasons.length === 0);
        if (leaf?.status === 'revoked') expect(state).equal('revoked');
        if (leaf === undefined || !isHeld) expect(state).not.equal('valid');
      },
    );
  });

  it('of a leaf is the heavier of its own and its batch’s, whichever is asked first', () => {
    property(row, row, (a, b) => {
      expect(heavier(a, b).status).equal(heavier(b, a).status);
    });
  });
});

describe("the holder's link", () => {
  it('opens the document, with what it takes to check it offline', () => {
    const here = world();
    const { entryId, plan } = here.act('issue-residence', residence, ISSUER);
    const { salt, document } = plan.originals![0]!;
    const answer = here.ask('holder', { entryId, key: holderKeyOf(entryId, salt) }) as Record<
      string,
      unknown
    >;
    expect(answer).deep.include({ entryId, document, salt });
    expect(answer.attested).include({ index: 0, count: 1 });
    expect((answer.status as CredentialStatus).state).equal('valid');
  });

  it('does not open with another key, nor for another credential, and the answer is as for none at all', () => {
    const here = world();
    const first = here.act('issue-residence', residence, ISSUER);
    const second = here.act('issue-residence', residence, ISSUER);
    const key = holderKeyOf(first.entryId, first.plan.originals![0]!.salt);
    expect(here.ask('holder', { entryId: second.entryId, key })).equal(undefined);
    expect(here.ask('holder', { entryId: `0x${'99'.repeat(32)}`, key })).equal(undefined);
    expect(here.ask('holder', { entryId: first.entryId, key: 'A'.repeat(22) })).equal(undefined);
  });

  it('dies with the erased document', () => {
    const here = world();
    const { entryId, plan } = here.act('issue-residence', residence, ISSUER);
    here.rows.delete(`original:${entryId}`);
    expect(here.ask('holder', { entryId, key: holderKeyOf(entryId, plan.originals![0]!.salt) })).equal(
      undefined,
    );
  });

  it('does not open the reason of a revocation', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', residence, ISSUER);
    const { entryId: change, plan } = here.act('revoke', { entryId, reason: 'lost' }, ISSUER);
    expect(here.ask('holder', { entryId: change, key: holderKeyOf(change, plan.originals![0]!.salt) })).equal(
      undefined,
    );
  });

  it('is handed to the issuer, who hands it on', () => {
    const here = world();
    const { entryId, plan } = here.act('issue-residence', residence, ISSUER);
    const key = holderKeyOf(entryId, plan.originals![0]!.salt);
    const listed = here.ask('issued', {}, ISSUER) as { credentials: { holderLink: string }[] };
    expect(listed.credentials[0]!.holderLink).equal(`/c#${entryId}.${key}`);
    expect(JSON.stringify(plan.reply)).not.contains(key);
    expect(here.ask('issued-one', { entryId }, 'someone-else')).equal(undefined);
  });

  it('is read back as it was written, and nothing else is', () => {
    property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (id, salt) => {
        const hex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`;
        const key = holderKeyOf(hex(id), hex(salt));
        expect(isHolderKey(key, hex(id), hex(salt))).equal(true);
        expect(parseHolderLink(holderLink(hex(id), key).slice(3))).deep.equal({ entryId: hex(id), key });
      },
    );
    for (const wrong of ['', '0x12.abc', `0x${'0'.repeat(64)}.`, `0x${'0'.repeat(64)}.${'A'.repeat(23)}`])
      expect(parseHolderLink(wrong), wrong).equal(undefined);
    for (const wrong of ['', '*', 'A'.repeat(21), 'A'.repeat(43)])
      expect(isHolderKey(wrong, `0x${'00'.repeat(32)}`, `0x${'00'.repeat(16)}`), wrong).equal(false);
  });
});

describe('the list of what was issued', () => {
  it('is newest first and goes on where it stopped, without a gap', () => {
    const here = world();
    const ids: Hex[] = [];
    for (let i = 0; i < 5; i++) {
      here.nowSec += 60;
      ids.unshift(here.act('issue-residence', residence, ISSUER).entryId);
    }
    const found: Hex[] = [];
    let after: string | undefined;
    do {
      const page = here.ask('issued', { limit: '2', ...(after && { after }) }, ISSUER) as {
        credentials: { entryId: Hex }[];
        next?: string;
      };
      found.push(...page.credentials.map(({ entryId }) => entryId));
      after = page.next;
    } while (after !== undefined);
    expect(found).deep.equal(ids);
  });

  it('tells the issuer why a credential was changed', () => {
    const here = world();
    const { entryId } = here.act('issue-residence', residence, ISSUER);
    here.act('revoke', { entryId, reason: 'no-longer-entitled', note: '전출' }, ISSUER);
    const { changes } = here.ask('issued-one', { entryId }, ISSUER) as { changes: object[] };
    expect(changes).to.have.length(1);
    expect(changes[0]).include({ change: 'revoked', reason: 'no-longer-entitled', note: '전출' });
  });
});

describe('the checks of a credential', () => {
  const failed = (change: object, context = {}): string[] => {
    const here = world();
    const { plan } = here.act('issue-residence', residence, ISSUER);
    const document = { ...(plan.originals![0]!.document as object), ...change };
    return credentials
      .checks(here.events[0]!, document, context)
      .filter(({ status }) => status === 'failed')
      .map(({ id }) => id);
  };

  it('fail for another issuer, another form, days that are over and a revocation', () => {
    expect(failed({})).deep.equal([]);
    expect(failed({ issuer: 'someone-else' })).deep.equal(['credential-issuer']);
    expect(failed({ schema: 'credentials.course.1' })).deep.equal(['credential-form']);
    expect(failed({ issuedOn: '2026-11-21', validFrom: '2026-11-21' })).deep.equal(['credential-issued']);
    expect(failed({}, { nowSec: at('2028-01-01T00:00:00+09:00') })).deep.equal(['credential-period']);
    expect(failed({}, { status: 'suspended' })).deep.equal(['credential-status']);
  });

  it('skip what cannot be known offline', () => {
    const here = world();
    const { plan } = here.act('issue-residence', residence, ISSUER);
    const checks = credentials.checks(here.events[0]!, plan.originals![0]!.document);
    const skipped = checks.filter(({ status }) => status === 'skipped').map(({ id }) => id);
    expect(skipped).deep.equal(['credential-period', 'credential-status']);
  });
});
