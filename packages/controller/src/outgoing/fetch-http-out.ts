import type { HttpOut } from './http-out.ts';

/** {@link HttpOut} by the `fetch` of Node. */
export const fetchHttpOut: HttpOut = {
  async post({ url, token, headers = {}, body, timeoutMs }) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await answer.body?.cancel();
      return { kind: 'answered', status: answer.status };
    } catch (error) {
      return { kind: 'silent', reason: reasonOf(error) };
    }
  },
};

/** `fetch failed` alone helps nobody: what failed stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
