/** Pictures made small on the device: drawn anew, so that nothing of the camera's own notes goes along. */

export interface Size {
  /** Longest side, in pixels. */
  readonly side: number;
  readonly maxBytes: number;
}

/** A JPEG, tried in lower and lower qualities; undefined when it is no picture or stays too large. */
export async function redrawn(file: Blob, { side, maxBytes }: Size): Promise<Blob | undefined> {
  // The orientation that a camera noted is applied here, before the note is lost.
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined);
  if (!bitmap) return undefined;
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width * scale), Math.ceil(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of [0.85, 0.7, 0.5, 0.3]) {
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    if (blob.size <= maxBytes) return blob;
  }
  return undefined;
}

export function dataUrlOf(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `data:image/jpeg;base64,${btoa(binary)}`;
}
