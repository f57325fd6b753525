/** A gateway that lost its power beside a network that goes on: from its start to its being ready for work. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Part } from '../network/network.ts';
import { type Row, timed } from './measure.ts';

const LOOK_MS = 20;

export async function restartRow(gateway: Part, size: number): Promise<Row> {
  await gateway.kill();
  const { seconds } = await timed(async () => {
    await gateway.start();
    while (!(await fetch(`${gateway.url}/readyz`)).ok) await pause(LOOK_MS);
  });
  return {
    id: 'restart.gateway',
    what: `start of the gateway after kill -9 with ${size.toLocaleString('en-US')} entries`,
    count: size,
    value: seconds,
    unit: 's',
    budgets: [{ on: 'value', atMost: 3 }],
  };
}
