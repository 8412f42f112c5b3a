// Ids of devices in Home Assistant: of the alphabet that its topics have, and never the same for two.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entityIdOf, objectIdOf } from './object-id.ts';

const name = fc.stringMatching(/^[aB_-]{1,4}$/);

it('differ where names do', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 3 }), fc.array(name, { maxLength: 3 }), (one, other) => {
      expect(objectIdOf(...one)).toMatch(/^[a-zA-Z0-9_-]+$/);
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(objectIdOf(...one)).not.toBe(objectIdOf(...other));
    }),
  );
  expect(objectIdOf('a_-b')).not.toBe(objectIdOf('a', 'b'));
  expect(objectIdOf('a_-', 'b')).not.toBe(objectIdOf('a', '_-b'));
});

it('read well in automations', () => {
  expect(entityIdOf('sensor', 'doser', 'ph-down', 'state')).toBe('sensor.doser_ph_down_state');
});
