/** Reading a QR from the camera or a picture: the browser's own detector where there is one, else jsqr. */
interface Detector {
  detect(source: ImageBitmapSource): Promise<readonly { rawValue: string }[]>;
}

async function ownDetector(): Promise<Detector | undefined> {
  const Maker = (
    globalThis as {
      BarcodeDetector?: { new (o: object): Detector; getSupportedFormats(): Promise<string[]> };
    }
  ).BarcodeDetector;
  if (!Maker) return undefined;
  const formats: readonly string[] = await Maker.getSupportedFormats().catch(() => []);
  return formats.includes('qr_code') ? new Maker({ formats: ['qr_code'] }) : undefined;
}

/** Long side of the picture that is searched; more costs time and finds nothing new. */
const SIDE = 1200;

export async function readPicture(picture: Blob): Promise<string | undefined> {
  const bitmap = await createImageBitmap(picture);
  try {
    const detector = await ownDetector();
    const found = await detector?.detect(bitmap).catch(() => []);
    return found?.[0]?.rawValue ?? (await readPixels(bitmap, bitmap.width, bitmap.height));
  } finally {
    bitmap.close();
  }
}

/** Looks until a QR is seen or `signal` stops it. The stream is closed in either case. */
export async function watchCamera(video: HTMLVideoElement, signal: AbortSignal): Promise<string | undefined> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1280 } },
  });
  try {
    video.srcObject = stream;
    await video.play();
    const detector = await ownDetector();
    while (!signal.aborted) {
      // Some phones name a detector whose service is not installed: it fails each time, so jsqr looks instead.
      const found = await detector?.detect(video).catch(() => undefined);
      const text = found ? found[0]?.rawValue : await readPixels(video, video.videoWidth, video.videoHeight);
      if (text) return text;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function readPixels(
  source: CanvasImageSource,
  width: number,
  height: number,
): Promise<string | undefined> {
  if (width === 0 || height === 0) return undefined;
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return undefined;
  // Transparent pictures (an SVG, a cut-out) are read on white.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  // The package hangs its function on itself as `default`, so this holds for either way of importing it.
  const jsQR = (await import('jsqr')).default.default;
  return jsQR(pixels.data, pixels.width, pixels.height)?.data;
}
