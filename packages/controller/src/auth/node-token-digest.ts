import { hash } from 'node:crypto';

/**
 * SHA-256 of the secret of a session or an API token, lower-case hexadecimal: what is stored in its place. A plain hash is
 * enough since the secret is 256 random bits, and a look-up by it leaks nothing about the token through time.
 */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'hex');
}
