import type { IncomingHttpHeaders } from 'node:http';
import { PeristaError } from '@perista/core';

export interface OriginRule {
  /** Address the server listens on. */
  readonly boundHost: string;
  /** Where browsers reach it through a reverse proxy, such as `https://doser.example`. */
  readonly publicUrl?: string;
}

/** Throws E405 for what a web page of somebody else sends through a visitor's browser. */
export type OriginGuard = (method: string, headers: IncomingHttpHeaders) => void;

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Two checks. *Host*: bound to loopback, only loopback names and the public one are answered, so that a foreign name
 * that was made to resolve to 127.0.0.1 (DNS rebinding) reaches nothing. *Origin*: a write that says where it comes from
 * must come from this server. A write that says nothing is no browser's, since browsers name the origin of every write
 * (and would not send our SameSite=Strict cookie from elsewhere): scripts need no Origin header.
 */
export function originGuard(rule: OriginRule): OriginGuard {
  const onLoopback = isLoopback(rule.boundHost);
  const publicSite = rule.publicUrl === undefined ? undefined : new URL(rule.publicUrl);

  return (method, headers) => {
    const addressed = URL.parse(`http://${headers.host ?? ''}`);
    const named = publicSite !== undefined && headers.host === publicSite.host;
    if (onLoopback && !named && !isLoopback(addressed?.hostname ?? '')) {
      throw foreign(`This server answers to localhost only, not to the name ${headers.host ?? '(none)'}`);
    }
    if (SAFE_METHODS.has(method)) return;

    const { origin } = headers;
    if (origin !== undefined && origin !== addressed?.origin && origin !== publicSite?.origin) {
      throw foreign(`Writes are taken from this server's own pages only, not from ${origin}`);
    }
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') {
      throw foreign(`Writes are taken from this server's own pages only, not from a ${String(site)} one`);
    }
  };
}

/** 127.0.0.0/8, ::1, localhost and names under it. */
function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return (
    /^127(\.\d{1,3}){3}$/.test(name) || ['localhost', '::1', '[::1]'].includes(name) || name.endsWith('.localhost')
  );
}

function foreign(sentence: string): PeristaError {
  return new PeristaError('E405', sentence);
}
