/** The public text of a poll, made of what its official wrote: by the gateway, and again by the page before it is signed. */
import { toHex } from '../../core/bytes.ts';
import { sha256 } from '../../core/hash.ts';
import { type CreatePoll, imageOf, POLL_SCHEMA, type PollContent } from './records.ts';

export function contentOf(input: CreatePoll, organisation: string): PollContent {
  return {
    schema: POLL_SCHEMA,
    organisation,
    title: input.title,
    ...(input.text !== undefined && { text: input.text }),
    options: input.options.map(({ ko, en, image, imageAlt }) => {
      const found = image === undefined ? undefined : imageOf(image);
      return {
        ko,
        ...(en !== undefined && { en }),
        ...(found !== undefined && {
          image: {
            sha256: toHex(sha256(found.bytes)),
            mediaType: found.mediaType,
            ...(imageAlt !== undefined && { alt: imageAlt }),
          },
        }),
      };
    }),
    minChoices: input.minChoices,
    maxChoices: input.maxChoices,
    opensAtSec: input.opensAt,
    closesAtSec: input.closesAt,
    mode: 'open',
  };
}
