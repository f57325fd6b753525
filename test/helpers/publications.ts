import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Hex, toHex, utf8 } from '../../server/core/bytes.ts';
import { canonicalJson } from '../../server/core/canonical.ts';
import { encodeLeaf } from '../../server/core/event.ts';
import { sha256 } from '../../server/core/hash.ts';
import { nameToBytes32 } from '../../server/core/ids.ts';
import type { Publications } from '../../server/publications/publications.ts';
import { PUBLICATIONS } from '../../server/publications/sources.ts';
import { bytes32, ledgerEvent } from './log.ts';

/** Nothing is named, nothing is held. */

export const noPublications: Pick<Publications, 'get' | 'status'> = {
  get: async () => undefined,
  status: () => ({ held: 0, lacking: 0, late: 0, oldest: [] }),
};

/** A gateway or witness that answers as the test says. */
export interface Shower {
  readonly url: string;
  /** By digest. */
  readonly shows: Map<string, Uint8Array | ((response: ServerResponse) => void)>;
  /** Digests asked for, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startShower(): Promise<Shower> {
  const shows: Shower['shows'] = new Map();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const digest = request.url!.slice(PUBLICATIONS.length);
    asked.push(digest);
    const shown = shows.get(digest);
    if (typeof shown === 'function') return shown(response);
    response.writeHead(shown === undefined ? 404 : 200).end(shown);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    shows,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const digestOf = (bytes: Uint8Array): Hex => toHex(sha256(bytes));

/** The smallest file that its first bytes call a PNG. @param n tells pictures apart */
export const pictureOf = (n: number): Uint8Array => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, n);

/** Text of a poll as its chain knows it, and the pictures that it names. */
export function pollText(title: string, pictures: readonly Uint8Array[] = []): Uint8Array {
  const count = Math.max(2, pictures.length);
  const options = Array.from({ length: count }, (_, i) => ({
    ko: `${i}`,
    ...(pictures[i] && { image: { sha256: digestOf(pictures[i]), mediaType: 'image/png' } }),
  }));
  const rules = { minChoices: 1, maxChoices: 1, opensAtSec: 100, closesAtSec: 200, mode: 'open' };
  const text = { schema: 'voting.poll.1', organisation: 'office', title: { ko: title }, options, ...rules };
  return utf8(canonicalJson(text));
}

/** The leaf of a poll with this hash of its text. */
export function pollLeaf(n: number, content: Hex): Uint8Array {
  const rules = [2, 1, 1, 100, 200, 0];
  const author = nameToBytes32('office');
  return encodeLeaf(
    ledgerEvent('PollCreated', 'Ballots', [bytes32(`poll ${n}`), author, content, ...rules], n),
  );
}
