// Proves what of a request's headers counts as a proof.
import { describe, expect, it } from 'vitest';
import { proofOf, sessionTokenIn } from './login-proof.ts';

const TOKEN = '0123456789abcdef'.repeat(4);

describe('a proof', () => {
  it.each([
    [{}, {}],
    [{ cookie: 'a=b' }, { cookieHeader: 'a=b' }],
    [{ authorization: 'Bearer abc' }, { bearer: 'abc' }],
    [{ authorization: 'bearer   abc ' }, { bearer: 'abc' }],
    [{ authorization: 'Bearer' }, { bearer: '' }],
    [{ authorization: 'Bearer a b' }, { bearer: 'a b' }],
    [{ authorization: 'Basic YTpi', cookie: 'a=b' }, { cookieHeader: 'a=b' }],
    [{ authorization: 'Bearerabc' }, {}],
  ])('of %j is %j', (headers, proof) => {
    expect(proofOf(headers)).toEqual(proof);
  });
});

describe('the session token', () => {
  it.each([
    [`perista_session=${TOKEN}`, TOKEN],
    [`a=b; perista_session=${TOKEN}; c=d`, TOKEN],
    [`a=b;perista_session=${TOKEN} `, TOKEN],
    [`not_perista_session=${TOKEN}`, undefined],
    [`perista_session=${TOKEN}0`, undefined],
    ['perista_session=x', undefined],
    [`a="; perista_session=x; "`, undefined],
    [undefined, undefined],
  ])('in %j is %j', (header, token) => {
    expect(sessionTokenIn(header)).toBe(token);
  });
});
