// Proves that an order's id is always the same, never that of another order, always well formed, and never cut (P1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPeristaError } from '../errors/perista-error.ts';
import { doseIdFromKey } from './dose-id.ts';

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', '1', '_', '.', '-', '5', 'f', 'é', '\ud800'), minLength: 1, maxLength: 6 }),
);
const scopes = fc.record({ actor: texts, pumpId: texts, key: texts });

const idOrNull = (order: { actor: string; pumpId: string; key: string }) => {
  try {
    return doseIdFromKey(order);
  } catch (thrown) {
    if (isPeristaError(thrown, 'E402')) return null;
    throw thrown;
  }
};

describe('doseIdFromKey', () => {
  it('is readable for usual keys', () => {
    expect(doseIdFromKey({ actor: 'admin', pumpId: 'ph-down', key: '0190b5a2-6e1c-7d3f-8a21-5b0c9e7d4f10' })).toBe(
      'key.ph-down.admin.0190b5a2-6e1c-7d3f-8a21-5b0c9e7d4f10',
    );
    expect(doseIdFromKey({ actor: 'a@b', pumpId: 'nutrient_a', key: '07:30' })).toBe('key.nutrient__a.a_40_b.07_3a_30');
  });

  it('is well formed for any characters', () => {
    fc.assert(
      fc.property(scopes, (order) => {
        const id = idOrNull(order);
        if (id !== null) expect(id).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
      }),
    );
  });

  it('differs when actor, pump or key differ', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        const [idA, idB] = [idOrNull(a), idOrNull(b)];
        const same = a.actor === b.actor && a.pumpId === b.pumpId && a.key === b.key;
        if (idA !== null && idB !== null) expect(idA === idB).toBe(same);
      }),
      { numRuns: 1000 },
    );
    const lookAlikes = [
      { actor: 'a', pumpId: 'p', key: '_' },
      { actor: 'a', pumpId: 'p', key: '__' },
      { actor: 'a', pumpId: 'p', key: '_5f_' },
      { actor: 'a', pumpId: 'p', key: '5f' },
      { actor: 'a', pumpId: 'p', key: '.' },
      { actor: 'a.k', pumpId: 'p', key: 'x' },
      { actor: 'a', pumpId: 'p', key: 'k.x' },
      { actor: 'k', pumpId: 'p.a', key: 'x' },
    ];
    expect(new Set(lookAlikes.map(doseIdFromKey)).size).toBe(lookAlikes.length);
  });

  it('has four parts, unlike the ids of occurrences', () => {
    fc.assert(
      fc.property(scopes, (order) => {
        const id = idOrNull(order);
        if (id !== null) expect(id.split('.')).toHaveLength(4);
      }),
    );
  });

  it('refuses a key that is empty or does not fit, with the room there is', () => {
    const scope = { actor: 'admin', pumpId: 'ph-down' };
    const room = 128 - 'key.ph-down.admin.'.length;
    expect(doseIdFromKey({ ...scope, key: 'k'.repeat(room) })).toHaveLength(128);
    expect(() => doseIdFromKey({ ...scope, key: 'k'.repeat(room + 1) })).toThrow(`it may have ${room} characters`);
    expect(() => doseIdFromKey({ ...scope, key: 'k'.repeat(room + 1) })).toThrow(
      expect.objectContaining({ details: { limit: room, value: room + 1 } }),
    );
    expect(() => doseIdFromKey({ ...scope, key: '' })).toThrow('empty');
    expect(idOrNull({ ...scope, key: 'é'.repeat(100) })).toBeNull();
  });
});
