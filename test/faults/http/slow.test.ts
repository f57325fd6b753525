/** Rows R28 and R29: requests that never end cost nobody else anything, and are ended. */
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { gateway, makeBranch, send, type TestGateway } from '../../helpers/gateway.ts';

const SOCKETS = 150;

describe('slow and endless requests', () => {
  let running: TestGateway;
  let key: string;
  before(async () => {
    running = await gateway();
    ({ key } = await makeBranch(running));
  });

  const open = (text: string) =>
    new Promise<{ socket: Socket; closed: Promise<string> }>((resolve, reject) => {
      const socket = connect(Number(new URL(running.url).port), 'localhost', () => {
        socket.write(text);
        let answer = '';
        socket.on('data', (chunk) => {
          answer += chunk;
        });
        socket.on('error', () => {});
        resolve({ socket, closed: new Promise((done) => socket.on('close', () => done(answer))) });
      });
      socket.once('error', reject);
    });
  const head = (more: string) =>
    `POST /v1/library-cards/issue HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nIdempotency-Key: slow-request\r\n${more}`;

  it('are closed by time, and others are served meanwhile', async () => {
    const kinds = [
      'GET /v1/services HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
      head('Content-Length: 1000\r\n\r\n{"number":'),
      head('Transfer-Encoding: chunked\r\n\r\n5\r\n{"num\r\n'),
    ];
    const slow = await Promise.all(Array.from({ length: SOCKETS }, (_, i) => open(kinds[i % kinds.length]!)));
    let isOver = false;
    const all = Promise.all(slow.map(({ closed }) => closed)).finally(() => {
      isOver = true;
    });
    let served = 0;
    while (!isOver) {
      const { status } = await send(`${running.url}/v1/library-cards/cards/L999999`);
      expect(status).equal(404);
      served += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(served).above(10);
    for (const answer of await all) expect(answer).match(/^(HTTP\/1\.1 408 |$)/);
  });

  it('are cut at the size limit when a body has no end', async () => {
    const { socket, closed } = await open(head('Transfer-Encoding: chunked\r\n\r\n'));
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let i = 0; i < 100 && !socket.destroyed; i++)
      if (!socket.write(chunk))
        await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    expect(await closed).match(/^HTTP\/1\.1 413 [\s\S]*BODY_TOO_LARGE/);
  });

  it('cannot hide a second request in the rest of a refused body', async () => {
    const smuggled = 'GET /v1/operator HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const { closed } = await open(
      `POST /v1/library-cards/issue HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${smuggled.length + 10}\r\n\r\n${smuggled}`,
    );
    const answer = await closed;
    expect(answer).match(/^HTTP\/1\.1 401 /);
    expect(answer.match(/HTTP\/1\.1/g)).lengthOf(1);
  });
});
