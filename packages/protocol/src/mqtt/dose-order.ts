import { z } from 'zod';
import { Direction } from '../api/doses.ts';
import { positive, Timestamp } from '../api/identifiers.ts';

/** What makes an order one order. */
const once = {
  id: z
    .string()
    .regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters')
    .optional()
    .meta({ description: 'The same id and order are one dose, however often they arrive' }),
  expires_at: Timestamp.optional().meta({ description: 'Not begun after this instant' }),
};

/** Payload of a dose order over MQTT; only `volume_ml` must be there. Volumes in ml, times in s. */
export const MqttDoseOrder = z.strictObject({
  volume_ml: positive('Volume to give, ml'),
  duration: positive('How long it shall take, s').optional(),
  direction: Direction.optional(),
  ...once,
});
export type MqttDoseOrder = z.infer<typeof MqttDoseOrder>;

/** Payload of `volume`: what a press of the button shall dose, ml. */
export const MqttVolume = positive('What a press doses, ml');

/** Payload of `dose-now`: one press of a button. The volume is the one that is set when it arrives. */
export const MqttPress = z.strictObject(once);
export type MqttPress = z.infer<typeof MqttPress>;

/** How a message arrived. */
export interface Delivery {
  readonly retain: boolean;
  readonly dup: boolean;
}

/**
 * Why an order may not be placed because of how or when it arrived (P1), in words; undefined if it may. Stop commands
 * are not asked: stopping twice does no harm.
 */
export function deliveryObjection(
  order: MqttDoseOrder | MqttPress,
  { retain, dup }: Delivery,
  nowMs: number,
): string | undefined {
  if (retain) return 'the order was retained by the broker: it would be obeyed anew at each connection';
  if (dup && order.id === undefined) {
    return 'the order was delivered again and has no id: nobody can tell whether it was carried out before';
  }
  if (order.expires_at !== undefined && Date.parse(order.expires_at) <= nowMs) {
    return `the order expired at ${order.expires_at}`;
  }
  return undefined;
}
