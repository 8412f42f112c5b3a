import { PeristaError } from '../errors/perista-error.ts';

/** Longest dose id; ids match `[A-Za-z0-9._-]{1,128}`. */
export const MAX_DOSE_ID_LENGTH = 128;

/**
 * Id of an ordered dose: the same actor, pump and key always give the same id, and different ones never do, because
 * every character that an id cannot hold is escaped. Four parts, so it never meets the two of a schedule's occurrence
 * (`schedule.dueUtc`) or the three of a weekly plan's (`pump.utcDay.slot`).
 * @throws PeristaError E402 if the key is empty or its escaped form does not fit; it is never cut.
 */
export function doseIdFromKey(order: { actor: string; pumpId: string; key: string }): string {
  if (order.key === '') throw new PeristaError('E402', 'The idempotency key is empty; leave it out or give it a value');
  const scope = `key.${escapePart(order.pumpId)}.${escapePart(order.actor)}.`;
  const key = escapePart(order.key);
  const roomForKey = MAX_DOSE_ID_LENGTH - scope.length;
  if (key.length > roomForKey) {
    throw new PeristaError(
      'E402',
      `The idempotency key is too long: for this pump and user it may have ${Math.max(0, roomForKey)} characters (A–Z, a–z, 0–9 and - count once, _ twice, others at least four times), and it has ${key.length}. Use a shorter key, such as a UUID`,
      { details: { limit: roomForKey, value: key.length } },
    );
  }
  return scope + key;
}

/** Reversible: `_` becomes `__`, any other character beyond A–Z, a–z, 0–9 and - becomes `_<hex of its UTF-16 unit>_`. */
function escapePart(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, (unit) => (unit === '_' ? '__' : `_${unit.charCodeAt(0).toString(16)}_`));
}
