/** A film of one frame in which a sheet with a QR is held before the camera: YUV4MPEG2, 4:2:0. */
import { create } from 'qrcode';

const WIDTH = 1280;
const HEIGHT = 720;
/** Luma of ink, paper and the wall behind it (ITU-R BT.601, 16 to 235); chroma without colour is 128. */
const INK = 30;
const PAPER = 215;
const WALL = 110;
const GREY = 128;
const QUIET = 4;

/** @param text of the QR; empty for a bare wall */
export function filmOfQr(text: string): Uint8Array {
  const luma = Buffer.alloc(WIDTH * HEIGHT, WALL);
  if (text !== '') drawSheet(luma, text);
  const head = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\nFRAME\n`;
  return Buffer.concat([Buffer.from(head), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, GREY)]);
}

function drawSheet(luma: Uint8Array, text: string): void {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const side = modules.size + 2 * QUIET;
  const module = Math.floor((HEIGHT * 0.8) / side);
  const left = (WIDTH - side * module) >> 1;
  const top = (HEIGHT - side * module) >> 1;
  for (let y = 0; y < side * module; y++) {
    const row = Math.floor(y / module) - QUIET;
    for (let x = 0; x < side * module; x++) {
      const column = Math.floor(x / module) - QUIET;
      const isInside = Math.min(row, column) >= 0 && Math.max(row, column) < modules.size;
      luma[(top + y) * WIDTH + left + x] = isInside && modules.get(row, column) ? INK : PAPER;
    }
  }
}
