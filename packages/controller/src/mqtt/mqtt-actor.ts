import type { Actor } from '../services.ts';

/** Who asks over MQTT: a broker does not say which of its clients it was. */
export const MQTT_ACTOR: Actor = { name: 'mqtt', role: 'operator' };
