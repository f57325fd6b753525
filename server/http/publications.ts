/** Public documents that the chain names by a digest, to whoever asks by that digest. Nothing else can be had here. */
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Publications } from '../publications/publications.ts';
import { PUBLICATIONS } from '../publications/sources.ts';
import { type Route, route } from './route.ts';

const TYPE = 'application/octet-stream';

export function publicationRoutes(publications: Pick<Publications, 'get'>): readonly Route[] {
  return [
    route({
      method: 'get',
      path: `${PUBLICATIONS}{digest}`,
      tag: 'ledger',
      access: 'public',
      summary: {
        ko: '장부가 해시로만 적은 공개 원문(투표 본문, 그림, 선거인명부)',
        en: 'A public document that the ledger names by its hash alone (text of a poll, picture, roll)',
      },
      params: z.object({ digest: z.string().regex(/^0x[0-9a-f]{64}$/) }),
      media: [TYPE],
      problems: ['NOT_FOUND'],
      isShared: true,
      async handle({ params: { digest = '' } }, response) {
        const bytes = await publications.get(digest);
        if (bytes === undefined) throw new AppError('NOT_FOUND');
        response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
        // Somebody else's bytes: to be kept and compared, not to be looked at on this address.
        response.setHeader('Content-Disposition', 'attachment');
        response.type(TYPE).send(Buffer.from(bytes));
      },
    }),
  ];
}
