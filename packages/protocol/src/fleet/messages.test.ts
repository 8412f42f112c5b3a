// Proves that plain payloads and ours are understood, and that hostile ones are refused with the reason and nothing is thrown.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeviceMessage } from './messages.ts';
import { DEVICE_TOPICS, parseUpTopic, type UpTopicName, upFilters } from './topics.ts';

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const parse = (name: UpTopicName, value: unknown) => parseDeviceMessage(name, bytes(value));
const UP = (Object.keys(DEVICE_TOPICS) as (keyof typeof DEVICE_TOPICS)[]).filter((name) => name !== 'commands');

describe('a topic', () => {
  it('says whose it is', () => {
    expect(parseUpTopic('devices/PUMP_0001/progress')).toEqual({ deviceId: 'PUMP_0001', name: 'progress' });
    expect(upFilters()).toContain('devices/+/infusion');
  });

  it.each([
    'devices/PUMP_0001/commands',
    'devices/+/progress',
    'devices/#/progress',
    'devices/__proto__/progress',
    'devices/constructor/progress',
    `devices/${'x'.repeat(200)}/progress`,
    'devices//progress',
    'devices/a/b/progress',
    'devices/a/progress/x',
    'other/a/progress',
  ])('is nobody: %s', (topic) => {
    expect(parseUpTopic(topic)).toBeUndefined();
  });
});

describe('a message', () => {
  it('is plain without a header, and keeps what the server does not know', () => {
    expect(parse('progress', { progressPercent: 40, ward: 'B' })).toEqual({
      ok: true,
      message: { name: 'progress', header: null, body: { progressPercent: 40, ward: 'B' } },
    });
    expect(parse('infusion', {})).toMatchObject({ ok: true });
  });

  it('is numbered in version 1', () => {
    expect(parse('progress', { v: 1, boot: 3, seq: 9, deliveredVolumeMl: 1.5 })).toMatchObject({
      message: { header: { boot: 3, seq: 9 } },
    });
    expect(parse('progress', { v: 1, seq: 9 })).toMatchObject({ ok: false, reason: expect.stringContaining('boot') });
  });

  it.each<[UpTopicName, unknown, string]>([
    ['progress', { deliveredVolumeMl: '5' }, 'deliveredVolumeMl'],
    ['progress', { deliveredVolumeMl: -1 }, 'must not be negative'],
    ['progress', '{"deliveredVolumeMl":1e999}', 'deliveredVolumeMl'],
    ['progress', [1], 'not an object'],
    ['progress', 'null', 'not an object'],
    ['progress', '{"a":', 'not JSON'],
    ['status', '{"__proto__":{"admin":true}}', '__proto__'],
    ['status', `${'['.repeat(9_000)}`, 'nested'],
    ['status', { note: 'x'.repeat(20_000) }, 'bytes'],
    ['ack', { commandId: 'c', stage: 'exploded' }, 'stage'],
    ['infusion', { infusionId: 'a b' }, 'infusionId'],
  ])('on %s is refused: %j', (name, value, reason) => {
    expect(parse(name, value)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...UP), fc.uint8Array({ maxLength: 200 }), (name, noise) => {
        expect(typeof parseDeviceMessage(name, noise).ok).toBe('boolean');
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...UP), fc.json(), (name, text) => {
        expect(typeof parse(name, text).ok).toBe('boolean');
      }),
    );
  });
});
