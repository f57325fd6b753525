/** What the chain knows of polls by a digest alone: the text of a poll, the pictures that the text names, and the frozen roll. */
import type { RecordedEvent } from '../../core/abi.ts';
import { fromUtf8, type Hex, toBase64, toHex, utf8 } from '../../core/bytes.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { contentHash, sha256 } from '../../core/hash.ts';
import { type Named, type Publishes, published, type Reading, row } from '../define.ts';
import { draftRow, imageKey } from './enrolment.ts';
import { content } from './output.ts';
import {
  type ImageType,
  imageOf,
  MAX_IMAGE_BYTES,
  MAX_OPTIONS,
  type PollContent,
  pictureTypeOf,
} from './records.ts';
import { chunkForm, digestOf, ownRoll, rollForm } from './roll-copies.ts';

/** Longer than any text that `create-poll` takes. */
const MAX_TEXT_BYTES = 256 * 1024;

export const publishes: Publishes = {
  forms: {
    text: {
      maxBytes: MAX_TEXT_BYTES,
      read(bytes, digest) {
        const text = isOf(bytes, digest) ? readText(bytes) : undefined;
        // One text has one form of bytes.
        if (text === undefined || contentHash(text) !== digest) return undefined;
        // More than the chain lets a poll have would fill the disks of others with pictures.
        if (text.options.length > MAX_OPTIONS) return undefined;
        return text.options.flatMap(({ image }): Named[] =>
          image === undefined ? [] : [{ digest: image.sha256, form: 'picture' }],
        );
      },
    },
    picture: {
      maxBytes: MAX_IMAGE_BYTES,
      read: (bytes, digest) => (isOf(bytes, digest) && pictureTypeOf(bytes) !== undefined ? [] : undefined),
    },
    roll: rollForm,
    chunk: chunkForm,
  },
  events: ['PollCreated', 'RollFrozen'],
  named(event) {
    if (event.name === 'PollCreated') return [{ digest: event.args.content, form: 'text' }];
    return event.name === 'RollFrozen' ? [{ digest: digestOf(event.args.root), form: 'roll' }] : [];
  },
  own,
};

/** The text of a poll with this hash, if it has come here. */
export function* publishedText(digest: Hex): Reading<PollContent | undefined> {
  const bytes = yield* published(digest);
  return bytes && readText(bytes);
}

/** As a data URL. */
export function* publishedPicture(digest: Hex, mediaType: ImageType): Reading<string | undefined> {
  const bytes = yield* published(digest);
  return bytes && `data:${mediaType};base64,${toBase64(bytes)}`;
}

function* own(event: RecordedEvent, digest: Hex): Reading<Uint8Array | undefined> {
  if (event.name === 'RollFrozen') return yield* ownRoll(event.args.pollId, event.args.root, digest);
  if (event.name !== 'PollCreated') return undefined;
  const { entryId: pollId, content: text } = event.args;
  const draft = yield* draftRow(pollId);
  if (draft === undefined) return undefined;
  if (digest === text) return utf8(canonicalJson(draft.content));
  const option = draft.content.options.findIndex(({ image }) => image?.sha256 === digest);
  const url = yield* row<string>(imageKey(pollId, option));
  return url === undefined ? undefined : imageOf(url)?.bytes;
}

function isOf(bytes: Uint8Array, digest: Hex): boolean {
  return toHex(sha256(bytes)) === digest;
}

/** undefined for what is no poll's text. */
function readText(bytes: Uint8Array): PollContent | undefined {
  try {
    const { data } = content.safeParse(JSON.parse(fromUtf8(bytes)));
    return data as PollContent | undefined;
  } catch {
    return undefined;
  }
}
