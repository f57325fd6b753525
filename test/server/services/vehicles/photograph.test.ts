import { expect } from 'chai';
import fc from 'fast-check';
import { concat, fromBase64, type Hex, toBase64, toHex } from '../../../../server/core/bytes.ts';
import type { AppError } from '../../../../server/core/errors.ts';
import { sha256 } from '../../../../server/core/hash.ts';
import { EXAMPLES } from '../../../../server/services/vehicles/examples.ts';
import { vehicles } from '../../../../server/services/vehicles/index.ts';
import { readJpeg, withoutMetadata } from '../../../../server/services/vehicles/jpeg.ts';
import { property } from '../../../helpers/property.ts';
import { World } from '../../../helpers/run-plan.ts';

const INSPECTOR = 'cheonil-inspection';
const DEALER = 'hanbit-motors';
const NOW = Date.parse('2026-03-20T10:00:00+09:00') / 1000;
const PREFIX = 'data:image/jpeg;base64,';
const picture = fromBase64(EXAMPLES.photograph.slice(PREFIX.length));
const urlOf = (bytes: Uint8Array) => PREFIX + toBase64(bytes);
const digestOf = (bytes: Uint8Array) => toHex(sha256(bytes)).slice(2);

/** As a camera writes it, behind the first two bytes. */
function segment(marker: number, body: string): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  return concat(Uint8Array.of(0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 0xff), bytes);
}
const withSegment = (marker: number, body: string) =>
  concat(picture.subarray(0, 2), segment(marker, body), picture.subarray(2));

function sized(width: number, height: number): Uint8Array {
  const bytes = picture.slice();
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc2);
  bytes.set([height >> 8, height & 0xff, width >> 8, width & 0xff], at + 5);
  return bytes;
}

describe('a JPEG file', () => {
  it('is read from its first to its last byte', () => {
    expect(readJpeg(picture)).deep.equal({ width: 1, height: 1, hasMetadata: false });
    expect(readJpeg(sized(640, 480))).include({ width: 640, height: 480 });
  });

  it('tells whether a camera wrote where and when, and can be rid of it without touching the picture', () => {
    const located = withSegment(0xe1, 'Exif\0\0 37.5665 N 126.9780 E');
    const commented = withSegment(0xfe, 'taken by Kim');
    // A preview of the picture before it was cut, and segments that no browser draws.
    const previewed = withSegment(0xe0, `JFIF\0 ${'yard '.repeat(9)}`);
    const hidden = withSegment(0xfd, '37.5665 N 126.9780 E');
    for (const bytes of [located, commented, previewed, hidden]) {
      expect(readJpeg(bytes)).include({ hasMetadata: true });
      expect(withoutMetadata(bytes)).deep.equal(picture);
    }
  });

  it('is none with a byte cut off or added, or with anything behind its end', () => {
    for (let length = 0; length < picture.length; length++)
      expect(readJpeg(picture.subarray(0, length)), `${length} bytes`).equal(undefined);
    expect(readJpeg(concat(picture, Uint8Array.of(0)))).equal(undefined);
    expect(readJpeg(concat(picture, new TextEncoder().encode('<script>')))).equal(undefined);
    expect(readJpeg(concat(picture, picture))).equal(undefined);
  });

  it('never breaks its reader, whatever the bytes', () => {
    property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      readJpeg(noise);
      readJpeg(concat(picture.subarray(0, 20), noise));
      const cleaned = withoutMetadata(concat(picture.subarray(0, 2), noise, picture.subarray(2)));
      if (cleaned !== undefined) expect(readJpeg(cleaned)?.hasMetadata ?? false).equal(false);
    });
  });
});

describe('a photograph of an inspection', () => {
  const codes = (image: string) => {
    try {
      new World(vehicles, NOW).accept('add-photograph', { image }, INSPECTOR);
      return [];
    } catch (error) {
      const { issues, ...rest } = (error as AppError).details as { issues: { params?: { code: string } }[] };
      expect(JSON.stringify({ issues, rest }).length, 'a refusal repeats no picture').lessThan(2000);
      return issues.map(({ params }) => params?.code);
    }
  };

  it('is kept as an original of its own, under its digest, and nothing of it stands in a row', () => {
    const world = new World(vehicles, NOW);
    const { plan } = world.accept('add-photograph', { image: EXAMPLES.photograph }, INSPECTOR);
    expect(plan.submissions).deep.equal([]);
    expect(plan.reply).deep.equal({ digest: digestOf(picture) });
    expect(plan.originals).lengthOf(1);
    const local = [...world.rows].filter(([key]) => key.startsWith('local:'));
    expect(local).deep.equal([[`local:vehicles/photo/${INSPECTOR}/${digestOf(picture)}`, true]]);
  });

  it('is refused with camera data, too large, of another kind, or hiding something', () => {
    expect(codes(urlOf(withSegment(0xe1, 'Exif\0\0GPS')))).deep.equal(['PHOTOGRAPH_METADATA']);
    expect(codes(urlOf(sized(5000, 10)))).deep.equal(['PHOTOGRAPH_TOO_LARGE']);
    for (const bad of [
      urlOf(concat(picture, Uint8Array.of(1, 2, 3))),
      urlOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)),
      EXAMPLES.photograph.replace('jpeg', 'png'),
      EXAMPLES.photograph.replace('image/jpeg', 'text/html'),
      `${PREFIX}%%%%`,
      '',
    ])
      expect(codes(bad), bad.slice(0, 40)).deep.equal(['PHOTOGRAPH_FORM']);
    expect(codes(PREFIX + 'A'.repeat(900_000))).lengthOf(1);
  });

  it('does not pile up: so many may wait for a record, and naming them makes room', () => {
    const world = new World(vehicles, NOW);
    const add = (n: number) => world.accept('add-photograph', { image: urlOf(sized(n, 1)) }, INSPECTOR);
    for (let n = 1; n <= 100; n++) add(n);
    const refusal = () => {
      try {
        add(101);
        return undefined;
      } catch (error) {
        return (error as AppError).code;
      }
    };
    expect(refusal()).equal('PHOTOGRAPHS_WAITING');
    expect(() => add(7), 'the same once more').not.to.throw();
    const photographs = [1, 2, 3].map((n) => digestOf(sized(n, 1)));
    world.act('register-inspection', { ...EXAMPLES.inspection, photographs }, INSPECTOR);
    expect(refusal()).equal(undefined);
  });

  it('is shown to whoever has to do with the car and to the city, until it is erased', () => {
    const world = new World(vehicles, NOW);
    world.act('register-purchase', EXAMPLES.purchase, DEALER);
    world.accept('add-photograph', { image: EXAMPLES.photograph }, INSPECTOR);
    const digest = digestOf(picture);
    const form = { ...EXAMPLES.inspection, photographs: [digest, 'ab'.repeat(32)] };
    const { entryId } = world.act('register-inspection', form, INSPECTOR);
    type Shown = { image: string | null; originalId: Hex } | undefined;
    const shown = (by: string, asked = digest) =>
      world.ask('photograph', { entryId, digest: asked }, by) as Shown;
    for (const by of [INSPECTOR, DEALER, 'city']) expect(shown(by)).include({ image: EXAMPLES.photograph });
    for (const by of ['other-motors', 'anonymous']) expect(shown(by), by).equal(undefined);
    expect(shown(INSPECTOR, 'ab'.repeat(32)), 'named, not handed in').include({ image: null });
    expect(shown(INSPECTOR, 'cd'.repeat(32)), 'not of this record').equal(undefined);
    world.rows.delete(`original:${shown(INSPECTOR)!.originalId}`);
    expect(shown(INSPECTOR)).include({ image: null });
  });
});
