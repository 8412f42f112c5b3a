// Ids of devices in Home Assistant: of the alphabet that its topics have, and never the same for two.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entityIdOf, namesIn, objectIdOf } from './object-id.ts';

const name = fc.stringMatching(/^[aB_-]{1,4}$/);

it('are read back as the names that they were made of, and so differ where names do', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 3 }), (names) => {
      expect(objectIdOf(...names)).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(namesIn(objectIdOf(...names))).toEqual(names);
    }),
    { numRuns: 2_000 },
  );
  expect(namesIn('zigbee2mqtt_-a')).toBeUndefined();
});

it('read well in automations', () => {
  expect(entityIdOf('sensor', 'doser', 'ph-down', 'state')).toBe('sensor.doser_ph_down_state');
});
