/** Photographs of an inspection: from the camera to the gateway, and back for whoever may see them. */
import type { Hex } from '../../server/core/bytes.ts';
import { askJson, askOptional, newKey } from './api.ts';
import type { VehiclesAddPhotographReply, VehiclesPhotographAnswer } from './client/services.generated.ts';
import { t } from './lang.ts';
import { dataUrlOf, redrawn } from './pictures.ts';

/** Enough to see a scratch; what the gateway takes, see services/vehicles/photograph.ts. */
const SIZE = { side: 1600, maxBytes: 590_000 };

/** What this tab has handed in, by digest: shown until the record is there to ask for it. */
const seen = new Map<string, string>();

export const seenPhotograph = (digest: string): string | undefined => seen.get(digest);

/** @returns the digest that goes into the record */
export async function handIn(file: File): Promise<string> {
  const blob = await redrawn(file, SIZE);
  const { withoutMetadata } = await import('../../server/services/vehicles/jpeg.ts');
  // Some browsers write a note of their own into what they draw.
  const bytes = blob && withoutMetadata(new Uint8Array(await blob.arrayBuffer()));
  if (bytes === undefined) throw new Error(t('photo.unreadable', { name: file.name }));
  const image = dataUrlOf(bytes);
  const own = await digestOf(bytes);
  const { digest } = await askJson<VehiclesAddPhotographReply>('/v1/vehicles/add-photograph', {
    method: 'POST',
    body: { image },
    headers: { 'idempotency-key': newKey() },
  });
  if (digest !== own) throw new Error(t('photo.other'));
  seen.set(digest, image);
  return digest;
}

/** null: erased, or never handed in. A picture that is not the recorded one is an error. */
export async function askPhotograph(record: Hex, digest: string): Promise<string | null> {
  const path = `/v1/vehicles/records/${record}/photographs/${digest}`;
  const image = (await askOptional<VehiclesPhotographAnswer>(path))?.image ?? null;
  if (image === null) return null;
  const bytes = Uint8Array.from(atob(image.slice(image.indexOf(',') + 1)), (one) => one.charCodeAt(0));
  if ((await digestOf(bytes)) !== digest) throw new Error(t('photo.other'));
  return image;
}

async function digestOf(bytes: Uint8Array<ArrayBuffer> | Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
