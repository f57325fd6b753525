/** Any error -> problem+json (RFC 9457) in the reader's language. Nothing of our insides leaves with it. */
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Service, Words } from '../services/define.ts';
import { fill, issueCode, issueText, type Language, languageOf } from './language.ts';
import { PROBLEM_STATUS } from './problem-table.ts';
import { REFUSAL_WORDS } from './refusal-words.ts';
import { PROBLEM_WORDS } from './words.ts';

/** A hostile body may break in a hundred thousand places, or quote all of itself in a sentence. */
const MAX_ERRORS = 100;
const MAX_MESSAGE = 500;

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly requestId?: string;
}

/** What actions/ throws when a service's rule says no. */
interface RuleRefusal {
  readonly service: string;
  readonly code: string;
  readonly field?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function problemOf(error: unknown, language: Language, services: readonly Service[]): Problem {
  const known = error instanceof AppError ? error : new AppError(codeOfForeign(error));
  if (known.code === 'RULE_REFUSED')
    return ruleProblem(known.details as unknown as RuleRefusal, language, services);
  if (known.code === 'INPUT_INVALID') return inputProblem(known, language, services);
  const code = known.code in PROBLEM_STATUS ? known.code : 'INTERNAL';
  const details = code === 'INTERNAL' ? {} : inWords(known.details, language);
  return {
    ...head(code, PROBLEM_STATUS[code]!, fill(PROBLEM_WORDS[code]![language], details)),
    ...(Object.keys(details).length > 0 && { details }),
  };
}

/** The router refuses addresses whose escapes are no UTF-8; the server of files refuses paths, ranges and conditions by status. */
function codeOfForeign(error: unknown): string {
  if (error instanceof URIError) return 'NOT_FOUND';
  const status = (error as { readonly status?: unknown } | undefined)?.status;
  if (status === 412) return 'PRECONDITION_FAILED';
  if (status === 416) return 'RANGE_UNSATISFIABLE';
  return status === 400 || status === 403 || status === 404 ? 'NOT_FOUND' : 'INTERNAL';
}

/** The last middleware: one answer for everything that was thrown. */
export function answerProblems(services: readonly Service[], log: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const problem = problemOf(error, languageOf(request.headers['accept-language']), services);
    if (problem.status >= 500 && problem.status !== 503)
      log.error({ requestId: response.locals.requestId, error: String(error?.stack) }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const retryAfterSec = problem.details?.retryAfterSec ?? (problem.status === 503 ? 1 : undefined);
    if (retryAfterSec !== undefined) response.setHeader('Retry-After', String(retryAfterSec));
    if (problem.code === 'RECEIPT_PENDING' || problem.code === 'COSIGNATURES_PENDING')
      response.setHeader('Retry-After', '1');
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="sillok"');
    // The rest of an unread body would be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close');
    response.setHeader('Content-Language', languageOf(request.headers['accept-language']));
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, requestId: response.locals.requestId }));
  };
}

/** A reason that the contracts name is told in words. */
function inWords(
  details: Readonly<Record<string, unknown>>,
  language: Language,
): Readonly<Record<string, unknown>> {
  const words = REFUSAL_WORDS[String(details.reason)];
  return words === undefined ? details : { ...details, reason: words[language], refusal: details.reason };
}

function head(code: string, status: number, detail: string) {
  return { type: `/docs#problem-${code}`, title: STATUS_CODES[status] ?? code, status, code, detail };
}

function ruleProblem(refusal: RuleRefusal, language: Language, services: readonly Service[]): Problem {
  const { code, field, details = {} } = refusal;
  const text = wordsOf(refusal.service, services)[code]?.[language] ?? code;
  return {
    ...head(code, 422, fill(text, details)),
    ...(field !== undefined && { field }),
    ...(Object.keys(details).length > 0 && { details }),
  };
}

function inputProblem(error: AppError, language: Language, services: readonly Service[]): Problem {
  const issues = error.details.issues as readonly z.core.$ZodIssue[];
  const words = wordsOf(String(error.details.service ?? ''), services);
  const errors = issues.slice(0, MAX_ERRORS).map((issue) => ({
    path: issue.path.join('.'),
    code: issueCode(issue, words),
    message: issueText(issue, language, words).slice(0, MAX_MESSAGE),
  }));
  const [first] = errors;
  return {
    ...head('INPUT_INVALID', 422, PROBLEM_WORDS.INPUT_INVALID![language]),
    ...(first !== undefined && { field: first.path }),
    errors,
  };
}

function wordsOf(service: string, services: readonly Service[]): Words {
  return services.find(({ id }) => id === service)?.words ?? {};
}
