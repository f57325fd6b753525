/** Entries by their id: state, receipt, document. */
import type { Request, Response } from 'express';
import type { QRCodeErrorCorrectionLevel } from 'qrcode';
import { z } from 'zod';
import { documentFile, entryView, receiptOf } from '../actions/entries.ts';
import type { Context } from '../context.ts';
import type { Hex } from '../core/bytes.ts';
import { AppError } from '../core/errors.ts';
import { receiptToBase45 } from '../receipts/binary.ts';
import { receiptLink } from '../receipts/link.ts';
import { parseReceipt } from '../verify/receipt.ts';
import { reaches } from './api-keys.ts';
import { actorOf } from './identity.ts';
import { languageOf } from './language.ts';
import { waitOf } from './prefer.ts';
import { REFUSAL_WORDS } from './refusal-words.ts';
import { type Route, route } from './route.ts';

const entryId = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((text) => text.toLowerCase() as Hex);
const params = z.object({ id: entryId });

export function entryRoutes(context: Context, publicUrl: string): readonly Route[] {
  /** A receipt comes a moment after finality: who prefers to wait need not ask twice. */
  async function awaitReceipt(id: Hex, request: Request, response: Response): Promise<void> {
    const waitSec = waitOf(request, response);
    if (waitSec === undefined) return;
    const { state } = await entryView(context, id);
    if (state !== 'receipted') await context.outbox.whenState(id, 'receipted', waitSec * 1000);
  }

  return [
    route({
      method: 'get',
      path: '/v1/entries/{id}',
      tag: 'entries',
      access: 'public',
      summary: { ko: '기록의 진행 상태', en: 'Where an entry stands' },
      params,
      problems: ['ENTRY_UNKNOWN'],
      isShared: true,
      async handle({ params: { id }, request }, response) {
        const view = await entryView(context, id as Hex);
        const words = REFUSAL_WORDS[view.refusal?.code ?? ''];
        const detail = words?.[languageOf(request.headers['accept-language'])];
        response.json({ ...view, ...(detail !== undefined && { refusal: { ...view.refusal, detail } }) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/entries/{id}/receipt',
      tag: 'entries',
      access: 'public',
      summary: {
        ko: '영수증(c2sp.org/tlog-proof). form=qr: 짧은 주소의 QR, form=compact: 영수증 전체를 담은 QR, form=base45: 그 글자',
        en: 'The receipt (c2sp.org/tlog-proof). form=qr: QR of a short link; form=compact: QR of the whole receipt; form=base45: its text',
      },
      params,
      query: z.strictObject({ form: z.enum(['text', 'qr', 'compact', 'base45']).default('text') }),
      media: ['text/plain', 'image/svg+xml'],
      problems: ['ENTRY_UNKNOWN', 'RECEIPT_PENDING', 'COSIGNATURES_PENDING', 'TOO_MANY_REQUESTS'],
      isShared: true,
      isCostly: ({ query: { form } }) => form === 'qr' || form === 'compact',
      async handle({ params: { id }, query: { form }, request }, response) {
        await awaitReceipt(id as Hex, request, response);
        const receipt = await receiptOf(context, id as Hex);
        switch (form) {
          case 'qr': {
            const link = receiptLink(publicUrl, id as Hex, parseReceipt(receipt).leaf);
            return void response.type('image/svg+xml').send(await drawQr(link, 'M'));
          }
          case 'compact':
            return void response.type('image/svg+xml').send(await drawQr(receiptToBase45(receipt), 'L'));
          case 'base45':
            return void response.type('text/plain').send(receiptToBase45(receipt));
          default:
            response.setHeader('Content-Disposition', `inline; filename="${id!.slice(2, 18)}.tlog-proof"`);
            response.type('text/plain').send(receipt);
        }
      },
    }),
    route({
      method: 'get',
      path: '/v1/entries/{id}/document',
      tag: 'entries',
      access: 'organisation',
      summary: {
        ko: '원본과 영수증을 담은 파일(기록한 기관만)',
        en: 'File with original and receipt (for the organisation that wrote it)',
      },
      params,
      problems: [
        'ENTRY_UNKNOWN',
        'ENTRY_OF_ANOTHER',
        'ORIGINAL_ERASED',
        'RECEIPT_PENDING',
        'COSIGNATURES_PENDING',
      ],
      async handle({ params: { id }, caller, request }, response) {
        const actor = actorOf(caller);
        if (actor.kind !== 'organisation') throw new AppError('UNAUTHENTICATED');
        const { service = '' } = await entryView(context, id as Hex);
        if (caller.kind === 'key' && !reaches(caller.key.scopes, service))
          throw new AppError('SCOPE_MISSING', { scope: `${service}/*` });
        await awaitReceipt(id as Hex, request, response);
        const file = await documentFile(context, id as Hex, actor.organisation);
        response.setHeader('Content-Disposition', `attachment; filename="${id!.slice(2, 18)}.sillok.json"`);
        response.json(file);
      },
    }),
  ];
}

/** Loaded with the first code: a start does without. */
async function drawQr(text: string, errorCorrectionLevel: QRCodeErrorCorrectionLevel): Promise<string> {
  const { toString: qrCode } = await import('qrcode');
  return qrCode(text, { type: 'svg', errorCorrectionLevel, margin: 4 });
}
