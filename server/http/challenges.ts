/**
 * One-time challenges for signing in. A challenge names its own end and bears our mark, so nothing is kept until it is used;
 * using it is one synchronous step, so of a hundred parallel tries one wins. A restart ends all of them.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Challenges {
  /** Hexadecimal, as EIP-4361 wants its nonce. */
  issue(purpose: string): string;
  /** True once for each challenge issued for this purpose and not yet expired. */
  burn(challenge: string, purpose: string): boolean;
}

const LIFE_SEC = 300;
const FORM = /^([0-9a-f]{8})([0-9a-f]{32})([0-9a-f]{32})$/;

export function createChallenges(clock: { nowMs(): number; random(bytes: number): Uint8Array }): Challenges {
  const secret = Buffer.from(clock.random(32));
  const burnt = new Map<string, number>();
  const mark = (purpose: string, text: string) =>
    createHmac('sha256', secret).update(`${purpose} ${text}`).digest('hex').slice(0, 32);
  const nowSec = () => Math.floor(clock.nowMs() / 1000);

  return {
    issue(purpose) {
      const end = (nowSec() + LIFE_SEC).toString(16).padStart(8, '0');
      const text = end + Buffer.from(clock.random(16)).toString('hex');
      return text + mark(purpose, text);
    },
    burn(challenge, purpose) {
      const [, end, random, given] = FORM.exec(challenge) ?? [];
      if (end === undefined || random === undefined || given === undefined) return false;
      const isOurs = timingSafeEqual(Buffer.from(given), Buffer.from(mark(purpose, end + random)));
      const endSec = Number.parseInt(end, 16);
      for (const [old, untilSec] of burnt) {
        if (untilSec > nowSec()) break;
        burnt.delete(old);
      }
      if (!isOurs || endSec <= nowSec() || burnt.has(challenge)) return false;
      burnt.set(challenge, endSec);
      return true;
    },
  };
}
