// P1: an order that was retained, delivered again without an id, or is past its time is not placed, and it is said why.
import { describe, expect, it } from 'vitest';
import { deliveryObjection, MqttDoseOrder } from './dose-order.ts';

const FRESH = { retain: false, dup: false };
const NOW_MS = Date.UTC(2026, 2, 1);

describe('dose order over MQTT', () => {
  it('takes the payload of the field, and a volume alone', () => {
    const order = { volume_ml: 5, duration: 20, direction: 'forward' };
    expect(MqttDoseOrder.parse(order)).toEqual(order);
    expect(MqttDoseOrder.parse({ volume_ml: 5 })).toEqual({ volume_ml: 5 });
  });

  it.each([
    {},
    { volume_ml: '5' },
    { volume_ml: -0 },
    { volume_ml: Number.NaN },
    { volume_ml: [5] },
    { volume_ml: 5, volume: 5 },
    { volume_ml: 5, duration: 0 },
    { volume_ml: 5, direction: 'back' },
    { volume_ml: 5, id: '' },
    { volume_ml: 5, id: 'a\n' },
    { volume_ml: 5, expires_at: 'soon' },
  ])('refuses %j', (payload) => {
    expect(MqttDoseOrder.safeParse(payload).success).toBe(false);
  });

  it.each([
    ['retained', { volume_ml: 5, id: 'a' }, { retain: true, dup: false }, /retained/],
    ['delivered again without an id', { volume_ml: 5 }, { retain: false, dup: true }, /has no id/],
    ['past its time', { volume_ml: 5, expires_at: '2026-03-01T00:00:00Z' }, FRESH, /expired at 2026-03-01/],
  ])('objects to one that is %s', (_, order, delivery, sentence) => {
    expect(deliveryObjection(order, delivery, NOW_MS)).toMatch(sentence);
  });

  it.each([
    ['fresh', { volume_ml: 5 }, FRESH],
    ['delivered again under its id', { volume_ml: 5, id: 'a' }, { retain: false, dup: true }],
    ['still in its time', { volume_ml: 5, expires_at: '2026-03-01T00:00:01Z' }, FRESH],
  ])('has no objection to one that is %s', (_, order, delivery) => {
    expect(deliveryObjection(order, delivery, NOW_MS)).toBeUndefined();
  });
});
