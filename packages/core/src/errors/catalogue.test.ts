// Proves that every code is well formed, in its block, told in one plain title, and has the HTTP status of its kind.

import { describe, expect, it } from 'vitest';
import { isInputCode } from '../inputs/pump-inputs.ts';
import { ERRORS, type ErrorEntry } from './catalogue.ts';

const entries: [string, ErrorEntry][] = Object.entries(ERRORS);

describe('the error catalogue', () => {
  it('has codes of one form, in ascending order', () => {
    const codes = entries.map(([code]) => code);
    for (const code of codes) expect(code).toMatch(/^E[1-5]\d\d$/);
    expect(codes).toEqual(codes.toSorted());
  });

  it('tells each error in a short title of its own', () => {
    for (const [, { title }] of entries) expect(title).toMatch(/^[A-Z][^.:]{5,60}$/);
    expect(new Set(entries.map(([, { title }]) => title)).size).toBe(entries.length);
  });

  it('keeps faults and inputs of pumps in E1xx and refusals from E420 on', () => {
    for (const [code, { severity }] of entries) {
      if (code.startsWith('E1')) expect(severity).toBe(isInputCode(code) ? 'error' : 'fault');
      if (severity === 'refusal') expect(code >= 'E420' && code < 'E500').toBe(true);
    }
  });

  it('answers a rule that said no with 422, and a fault with 503', () => {
    for (const [, { severity, status }] of entries) {
      if (severity === 'refusal') expect(status).toBe(422);
      if (severity === 'fault') expect(status).toBe(503);
    }
  });
});
