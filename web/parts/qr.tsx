/** A QR as vector paths: sharp on screen and paper. */
import { useEffect, useState } from 'preact/hooks';

interface Drawing {
  readonly size: number;
  readonly path: string;
}

const QUIET = 4;

export function Qr({ text, label }: { text: string; label: string }) {
  const [drawing, setDrawing] = useState<Drawing>();
  useEffect(() => {
    draw(text).then(setDrawing, () => undefined);
  }, [text]);
  if (!drawing) return null;
  const side = drawing.size + 2 * QUIET;
  return (
    <svg
      class="qr"
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      shape-rendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <path d={drawing.path} />
    </svg>
  );
}

/** Level M: denser codes fail on cheap phones, and a printed link is clean. */
async function draw(text: string): Promise<Drawing> {
  const { create } = await import('qrcode');
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let y = 0; y < modules.size; y++)
    for (let x = 0; x < modules.size; x++) if (modules.get(y, x)) path += `M${x} ${y}h1v1h-1z`;
  return { size: modules.size, path };
}
