/** What a caller shows to prove who it is. Where there is a bearer the cookie does not count, whatever the bearer is worth. */
export interface LoginProof {
  readonly cookieHeader?: string;
  readonly bearer?: string;
}

export const SESSION_COOKIE = 'perista_session';

const BEARER = /^bearer(?: |$)/i;
const OUR_COOKIE = new RegExp(`(?:^|;) *${SESSION_COOKIE}=([0-9a-f]{64}) *(?:;|$)`);

/** The proof in the headers of a request. Other schemes than Bearer are a proxy's business and not ours. */
export function proofOf(headers: {
  readonly cookie?: string | undefined;
  readonly authorization?: string | undefined;
}): LoginProof {
  const { cookie, authorization = '' } = headers;
  return {
    ...(cookie !== undefined && { cookieHeader: cookie }),
    ...(BEARER.test(authorization) && { bearer: authorization.replace(BEARER, '').trim() }),
  };
}

/** The session token in a `Cookie` header. */
export function sessionTokenIn(cookieHeader: string | undefined): string | undefined {
  return OUR_COOKIE.exec(cookieHeader ?? '')?.[1];
}
