import type { Invariant } from '../invariant.ts';

export const mqttIsAnswered: Invariant = {
  id: 'I10',
  rule: 'each order and stop over MQTT that came to a controller which lives on is answered',
  begin: () => ({
    quiet: (_, { answers }) => answers.missing,
    unrest: (_, { answers }) => answers.missing,
  }),
};
