/** Staff of organisations for journeys: an organisation, an invitation, and a passkey or a wallet to accept it with. */
import { randomBytes } from 'node:crypto';
import { getBytes, Wallet } from 'ethers';
import type { Visitor } from './browser.ts';
import { send, type TestGateway } from './gateway.ts';

export interface Team {
  readonly organisation: string;
  readonly name: string;
  /** Path of the invitation's page. */
  readonly invitation: string;
}

export async function invite(
  running: TestGateway,
  name: string,
  accreditations: readonly string[],
): Promise<Team> {
  const organisation = `org-${randomBytes(4).toString('hex')}`;
  const admin = { key: running.adminKey };
  await send(`${running.url}/v1/admin/organisations`, {
    ...admin,
    body: { organisation, name, kind: 'company', accreditations },
  });
  const { body } = await send<{ url: string }>(
    `${running.url}/v1/admin/organisations/${organisation}/invitations`,
    {
      ...admin,
      body: {},
    },
  );
  return { organisation, name, invitation: new URL(body.url).pathname + new URL(body.url).hash };
}

/** A device that is busy: whatever the pages do after the next picture, they do half a second late. */
export async function paintLate({ context }: Visitor): Promise<void> {
  await context.addInitScript(() => {
    const lateMs = 500;
    /** How long Preact waits for a picture at most, before it runs what waits for it. */
    const pictureMs = 35;
    const wait = window.setTimeout;
    window.requestAnimationFrame = (run) => wait(() => run(performance.now()), lateMs);
    window.setTimeout = ((run: TimerHandler, ms = 0, ...args: unknown[]) =>
      wait(run, ms === pictureMs ? lateMs : ms, ...args)) as typeof window.setTimeout;
  });
}

/** A device with a built-in authenticator whose owner always confirms (Chromium's virtual one). */
export async function givePasskey({ page, context }: Visitor): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** A wallet in the page (EIP-1193) that signs whatever it is asked, and remembers what it was. */
export async function giveWallet({ context }: Visitor): Promise<{ address: string; asked: string[] }> {
  const wallet = new Wallet(`0x${randomBytes(32).toString('hex')}`);
  const asked: string[] = [];
  await context.exposeFunction('walletRequest', async (method: string, params: readonly string[] = []) => {
    asked.push(method);
    switch (method) {
      case 'eth_requestAccounts':
        return [wallet.address.toLowerCase()];
      case 'personal_sign':
        return wallet.signMessage(getBytes(params[0]!));
      case 'eth_signTypedData_v4': {
        const { domain, types, message } = JSON.parse(params[1]!);
        const { EIP712Domain: _domain, ...own } = types;
        return wallet.signTypedData(domain, own, message);
      }
      default:
        throw new Error(`${method} is not supported`);
    }
  });
  await context.addInitScript(() => {
    const call = (
      globalThis as unknown as { walletRequest(method: string, params: unknown): Promise<unknown> }
    ).walletRequest;
    Object.assign(globalThis, {
      ethereum: {
        request: ({ method, params }: { method: string; params?: unknown }) => call(method, params ?? []),
      },
    });
  });
  return { address: wallet.address, asked };
}

/** Accepts the invitation with a new passkey and signs in on `path`. */
export async function joinWithPasskey(staff: Visitor, team: Team, path: string): Promise<void> {
  await givePasskey(staff);
  await staff.open(team.invitation);
  await staff.page.getByRole('button', { name: '패스키 만들기' }).click();
  await staff.page.getByRole('heading', { name: '등록되었습니다' }).waitFor();
  await staff.open(path);
  await staff.page.getByRole('button', { name: '패스키로 로그인' }).click();
  await staff.page.getByText(`${team.name} 로그인 중`).waitFor();
}
