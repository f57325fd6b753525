/** Row R8: whoever follows the stream of events misses none and gets none changed, though the gateway is killed in the middle. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type StartedGateway, startGatewayProcess } from '../../../scripts/lib/gateway.ts';
import { credentials } from '../../../server/services/credentials/index.ts';
import { healthOf, send } from '../../helpers/gateway.ts';

interface Event {
  readonly leafIndex: number;
}

const REQUESTS = 12;

describe('the stream of events', () => {
  let folder: string;
  let gateway: StartedGateway;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sillok-events-'));
    gateway = await startGatewayProcess({ data: folder });
  });
  after(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes on behind the last event that arrived, with the same events under the same numbers', async () => {
    const key = gateway.adminKey!;
    const issue = () =>
      send(`${gateway.url}/v1/credentials/issue-course`, {
        key,
        body: credentials.actions['issue-course']!.example,
        wait: 30,
      });
    const before = await follow(gateway.url, undefined, async (seen) => {
      for (let i = 0; i < REQUESTS; i++) await issue();
      await until(() => seen.length >= REQUESTS);
      void issue().catch(() => {});
      await gateway.kill();
    });
    gateway = await startGatewayProcess({ data: folder });
    const expected = await untilSettled(gateway.url, key);
    const last = before.at(-1)!.leafIndex;
    const after = await follow(gateway.url, last, (seen) =>
      until(() => last + seen.length >= expected.length - 1),
    );
    expect([...before, ...after]).to.deep.equal(expected);
  });
});

/** Events that arrive while `act` runs and until the stream ends. */
async function follow(
  url: string,
  lastEventId: number | undefined,
  act: (seen: readonly Event[]) => Promise<void>,
): Promise<Event[]> {
  const seen: Event[] = [];
  const closing = new AbortController();
  const response = await fetch(`${url}/v1/events`, {
    signal: closing.signal,
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
    },
  });
  const reading = read(response, seen).catch(() => {});
  await act(seen);
  closing.abort();
  await reading;
  return seen;
}

async function read(response: Response, seen: Event[]): Promise<void> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop()!;
    for (const message of messages) {
      const data = /^data: (.*)$/m.exec(message)?.[1];
      if (data !== undefined) seen.push(JSON.parse(data));
    }
  }
}

/** All events, once what was under way at the kill has arrived as well: nothing new comes in. */
async function untilSettled(url: string, key: string): Promise<Event[]> {
  while ((await healthOf(url, key)).outbox.open > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  const { body } = await send<{ events: Event[] }>(`${url}/v1/events?limit=1000`);
  return body.events;
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 20));
}
