/**
 * The frame of a JPEG file (ITU-T T.81, annex B): what it is made of, without decoding the picture. Cameras write into the
 * application segments where, when and with which device a picture was taken; nothing of that is taken in.
 */
export interface Jpeg {
  readonly width: number;
  readonly height: number;
  /** Anything but what is needed to draw it. */
  readonly hasMetadata: boolean;
}

interface Segment {
  readonly marker: number;
  readonly from: number;
  /** Behind the segment; of a scan, behind its data. */
  readonly to: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** APP0 of a JFIF file; one of this length holds the density alone, a longer one a preview. */
const APP0 = 0xe0;
const APP0_BYTES = 18;
/** Baseline, extended and progressive, Huffman coded: what every browser draws. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** Tables of Huffman codes and quantisation, number of lines, restart interval. */
const TABLES = [0xc4, 0xdb, 0xdc, 0xdd];
const DRAWN = new Set([SOI, EOI, SOS, ...FRAMES, ...TABLES]);

/** undefined when it is no JPEG from its first to its last byte. */
export function readJpeg(bytes: Uint8Array): Jpeg | undefined {
  const segments = segmentsOf(bytes);
  const frames = segments?.filter(({ marker }) => FRAMES.includes(marker)) ?? [];
  const [frame] = frames;
  if (segments === undefined || frame === undefined || frames.length > 1 || frame.to - frame.from < 11)
    return undefined;
  const word = (at: number) => (bytes[frame.from + at]! << 8) | bytes[frame.from + at + 1]!;
  const [height, width] = [word(5), word(7)];
  if (width === 0 || height === 0) return undefined;
  return { width, height, hasMetadata: segments.some(isMetadata) };
}

/** The same picture without what cameras and programs write beside it; undefined when it is no JPEG. */
export function withoutMetadata(bytes: Uint8Array): Uint8Array | undefined {
  const kept = segmentsOf(bytes)?.filter((segment) => !isMetadata(segment));
  if (kept === undefined) return undefined;
  const parts = kept.map(({ from, to }) => bytes.subarray(from, to));
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function isMetadata({ marker, from, to }: Segment): boolean {
  return !DRAWN.has(marker) && !(marker === APP0 && to - from === APP0_BYTES);
}

function segmentsOf(bytes: Uint8Array): Segment[] | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  const segments: Segment[] = [{ marker: SOI, from: 0, to: 2 }];
  let hasScan = false;
  for (let from = 2; ; ) {
    const marker = bytes[from + 1];
    if (bytes[from] !== 0xff || marker === undefined || marker < 0xc0 || marker === SOI) return undefined;
    if (marker === EOI) {
      segments.push({ marker, from, to: from + 2 });
      return hasScan && from + 2 === bytes.length ? segments : undefined;
    }
    const length = (bytes[from + 2]! << 8) | bytes[from + 3]!;
    let to = from + 2 + length;
    if (!(length >= 2) || to > bytes.length) return undefined;
    if (marker === SOS) {
      to = endOfScan(bytes, to);
      hasScan = true;
    }
    segments.push({ marker, from, to });
    from = to;
  }
}

/** In a scan 0xff stands for itself with a zero behind it, or begins a restart marker. */
function endOfScan(bytes: Uint8Array, start: number): number {
  let at = start;
  for (; at < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1]!;
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) break;
  }
  return at;
}
