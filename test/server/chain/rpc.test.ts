import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { openRpc, type Rpc } from '../../../server/chain/rpc.ts';
import type { AppError } from '../../../server/core/errors.ts';

describe('The answer of a node', () => {
  let server: Server;
  let rpc: Rpc;
  let sent: number;
  let isCutOff: boolean;

  beforeEach(async () => {
    [sent, isCutOff] = [0, false];
    server = createServer((_, response) => {
      const chunk = Buffer.alloc(1 << 20, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more).on('close', () => {
        isCutOff = true;
      });
      more();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    rpc = openRpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 60_000);
  });
  afterEach(() => {
    rpc.close();
    server.closeAllConnections();
    server.close();
  });

  it('that never ends is not read into the memory: the connection is closed, and the node counts as away', async () => {
    const error = await rpc.post([{ method: 'eth_chainId', params: [] }]).catch((one: AppError) => one);
    expect((error as AppError).code).to.equal('CHAIN_UNREACHABLE');
    while (!isCutOff) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(sent).to.be.below(256 << 20);
  });
});
