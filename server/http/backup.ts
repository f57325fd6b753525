/** GET /v1/admin/backup: the whole store as it is now, while the gateway goes on. What is sealed in it stays sealed. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { noteAct } from '../actions/trail.ts';
import type { Context } from '../context.ts';
import { AppError } from '../core/errors.ts';
import { writeSnapshot } from '../store/snapshot.ts';
import { prefixOf } from './identity.ts';
import { type Route, route } from './route.ts';

export function backupRoutes(context: Context, isEmbedded: boolean): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/admin/backup',
      tag: 'administration',
      access: 'admin',
      summary: { ko: '저장소 전체의 사본', en: 'A copy of the whole store' },
      media: ['application/x-ndjson'],
      problems: ['BACKUP_OF_CHAIN'],
      async handle({ caller }, response) {
        // Its journal is another process's, and only whole when that has stopped.
        if (isEmbedded) throw new AppError('BACKUP_OF_CHAIN');
        await noteAct(context, { by: prefixOf(caller), did: 'backup-made', to: 'store' });
        const snapshot = await context.store.snapshot();
        response.type('application/x-ndjson').setHeader('Cache-Control', 'no-store');
        try {
          await pipeline(Readable.from(writeSnapshot(snapshot)), response);
        } finally {
          await snapshot.close();
        }
      },
    }),
  ];
}
