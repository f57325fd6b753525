import { expect } from 'chai';
import { AppError } from '../../../server/core/errors.ts';
import { isHopeless } from '../../../server/start/failure.ts';

const failed = (code: string, words: string) => Object.assign(new Error(`${code}: ${words}`), { code });

describe('a failure while the chain is followed', () => {
  it('is waited out when the disk is full, in the store or in the files of the log', () => {
    expect(isHopeless(new AppError('STORE_FULL'))).to.equal(false);
    expect(isHopeless(failed('ENOSPC', 'no space left on device, write'))).to.equal(false);
    expect(isHopeless(failed('EDQUOT', 'disk quota exceeded, write'))).to.equal(false);
  });

  it('ends the gateway when no later try mends it', () => {
    expect(isHopeless(failed('EIO', 'i/o error, write'))).to.equal(true);
    expect(isHopeless(new TypeError('x is undefined'))).to.equal(true);
    expect(isHopeless(new AppError('LOG_CONFLICT'))).to.equal(true);
  });
});
