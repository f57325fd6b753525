/** Reads of a service: parse, run the generator, nothing is recorded. */
import type { Context } from '../context.ts';
import { AppError } from '../core/errors.ts';
import type { Actor, Query, Service } from '../services/define.ts';
import { knownTo } from './plan.ts';
import { readerOf, run } from './reading.ts';

/** @throws AppError INPUT_INVALID | NOT_FOUND */
export async function answerQuery(
  context: Context,
  service: Service,
  name: string,
  actor: Actor,
  input: unknown,
): Promise<unknown> {
  const query = service.queries[name] as unknown as Query<unknown>;
  const parsed = query.input.safeParse(input, { reportInput: true });
  if (!parsed.success)
    throw new AppError('INPUT_INVALID', { service: service.id, issues: parsed.error.issues });
  const known = knownTo(context, { service, action: name, actor }, '', context.nowSec());
  const answer = await run(query.answer(parsed.data, known), readerOf(service.id, context));
  if (answer === undefined) throw new AppError('NOT_FOUND');
  return answer;
}
