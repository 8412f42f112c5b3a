import type { ArrivedMessage } from '../../outside/mqtt-message.ts';
import type { Invariant, Verdict } from '../invariant.ts';
import { LateStarts } from '../late-starts.ts';

/** The same order without an id is the same order again for so long, ms. */
const REPEAT_MS = 10_000;
/** Of the journal and the way to the agent, ms. */
const LATE_MS = 1_000;

interface Obeyed {
  readonly spelling: string;
  readonly atMs: number;
}

export const mqttOrdersOnce: Invariant = {
  id: 'P1',
  rule: 'an order over MQTT is obeyed once: never one that was retained, has expired, or was sent again without an id',
  begin() {
    const seen = new Set<string>();
    /** Doses that may not begin after an instant, wall time. */
    const expiries = new Map<string, number>();
    const late = new LateStarts();
    let last: ArrivedMessage | null = null;
    let nameless: Obeyed[] = [];
    const judge = (message: ArrivedMessage, wallMs: number, nowMs: number): Verdict => {
      const { id, retain, dup, volumeMl, expiresAtMs, spelling } = message;
      const order = `order ${id ?? spelling} over MQTT`;
      if (message.what !== 'dose' || volumeMl === null) return `${order} is no order and was obeyed`;
      if (retain) return `${order} was retained and obeyed`;
      if (expiresAtMs !== null && expiresAtMs <= wallMs) return `${order} had expired and was obeyed`;
      if (id !== null) return null;
      if (dup) return `${order} was delivered again without an id and obeyed`;
      nameless = nameless.filter(({ atMs }) => nowMs - atMs < REPEAT_MS);
      const isRepeat = nameless.some((other) => other.spelling === spelling);
      nameless.push({ spelling, atMs: nowMs });
      return isRepeat ? `${order} came twice within ${REPEAT_MS / 1000} s and was obeyed twice` : null;
    };
    return {
      ...late.watch,
      'mqtt-arrived': ({ message }) => {
        last = message;
        return null;
      },
      'clock-set': () => {
        // By which clock it has expired nobody can tell; nor, across a restart, how long ago the same came before.
        expiries.clear();
        nameless = [];
        return null;
      },
      'backup-restored': () => {
        nameless = [];
        return null;
      },
      'ledger-changed': ({ dose }, chronicle) => {
        if (dose.cause !== 'mqtt' || seen.has(dose.dose_id)) return null;
        seen.add(dose.dose_id);
        if (dose.state === 'refused') return null;
        const message = last;
        last = null;
        if (message === null || message.pumpId !== dose.pump_id) return `nobody ordered dose ${dose.dose_id} over MQTT`;
        if (message.expiresAtMs !== null) expiries.set(dose.dose_id, message.expiresAtMs);
        return judge(message, chronicle.wallMs, chronicle.nowMs);
      },
      'start-journalled': ({ start: { doseId } }, chronicle) => {
        const lateMs = chronicle.wallMs - (expiries.get(doseId) ?? Number.POSITIVE_INFINITY);
        if (lateMs > LATE_MS)
          late.note(doseId, `dose ${doseId} began ${(lateMs / 1000).toFixed(1)} s after it had expired`);
        return null;
      },
    };
  },
};
