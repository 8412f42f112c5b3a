import { ERRORS, type ErrorCode } from '@perista/core';

/** What a process tells the launcher that started it, over the channel between them. */
export type News =
  | { readonly kind: 'ready'; readonly address?: string }
  /** It cannot start and ends now. */
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string };

/** Tells the launcher; resolves when it was handed over, or at once where there is no launcher. */
export function tell(news: News): Promise<void> {
  return new Promise((resolve) => {
    if (process.send && process.connected) process.send(news, undefined, {}, () => resolve());
    else resolve();
  });
}

/** Takes what came over the channel for news, if it is. */
export function parseNews(message: unknown): News | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  const { kind, address, code, message: words } = message as Record<string, unknown>;
  if (kind === 'ready') return { kind, ...(typeof address === 'string' ? { address } : {}) };
  if (kind === 'failed') return { kind, code: isErrorCode(code) ? code : null, message: String(words) };
  return undefined;
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in ERRORS;
}
