import type { Problem } from '@perista/protocol/api';

/** The server said no, in the words of its catalogue. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  /** Seconds to wait before asking again, if the server said so. */
  readonly retryAfterS: number | undefined;

  constructor(problem: Problem, retryAfterS?: number) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfterS = retryAfterS;
  }
}

/** No answer: nobody can tell whether the request arrived. */
export class NoAnswer extends Error {}

interface Options {
  readonly body?: unknown;
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** The request outlives the page. */
  readonly keepalive?: boolean;
}

/** Longest wait for an answer; a stop waits for pumps that come to rest. */
const ANSWER_LIMIT_MS = 15_000;

/**
 * Asks the API. `Answer` is what the schema of the route promises.
 * @throws ApiProblem for an answer that is an error, NoAnswer when there is none
 */
export async function request<Answer>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const { body, key, signal, keepalive = false } = options;
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const response = await fetch(path, {
    method,
    keepalive,
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new NoAnswer('no answer', { cause });
  });
  const text = await response.text().catch((cause: unknown) => {
    throw new NoAnswer('half an answer', { cause });
  });
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer;
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  // A proxy in between answers in its own words when the server is gone.
  if (!isProblem) throw new NoAnswer(`HTTP ${response.status}`);
  const wait = Number(response.headers.get('retry-after'));
  throw new ApiProblem(JSON.parse(text) as Problem, wait > 0 ? wait : undefined);
}

export const isProblem = (error: unknown, ...codes: readonly string[]): error is ApiProblem =>
  error instanceof ApiProblem && (codes.length === 0 || codes.includes(error.problem.code));
