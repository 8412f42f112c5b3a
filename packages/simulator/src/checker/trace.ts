import type { Happening } from './happening.ts';

const KEPT_LINES = 400;
/** Characters of what is sent to others. */
const KEPT_OF_BODY = 90;

/** The course of a world: its last lines for a reader, and a hash of all of it. Equal worlds have equal hashes. */
export class Trace {
  #high = 0x811c9dc5;
  #low = 0x01000193;
  #lines: string[] = [];
  happenings = 0;

  add(atMs: number, happening: Happening): void {
    const line = `${(atMs / 1000).toFixed(3)} ${happening.kind} ${describe(happening)}`;
    this.happenings++;
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT_LINES) this.#lines = this.#lines.slice(-KEPT_LINES);
    let high = this.#high;
    let low = this.#low;
    for (let at = 0; at < line.length; at++) {
      const unit = line.charCodeAt(at);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low + unit, 0x85ebca6b) ^ (high >>> 15);
    }
    this.#high = high;
    this.#low = low;
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  lines(): readonly string[] {
    return this.#lines.slice(-KEPT_LINES);
  }
}

/** Everything of it but its kind; large records by what tells them apart. */
function describe(happening: Happening): string {
  switch (happening.kind) {
    case 'start-arrived':
      return `${happening.order.doseId} epoch ${happening.epoch}`;
    case 'start-journalled':
      return `${happening.start.doseId} at ${happening.start.e0}`;
    case 'end-journalled': {
      const { cause, loMl, hiMl, failure } = happening.end;
      return `${happening.start.doseId} ${cause} ${loMl} to ${hiMl} ml ${failure?.code ?? ''}`;
    }
    case 'ledger-changed': {
      const { dose_id, state, lo_ml, hi_ml, sent_epoch, code } = happening.dose;
      return `${dose_id} ${state} ${lo_ml} to ${hi_ml} ml sent ${sent_epoch} ${code ?? ''}`;
    }
    case 'hello-arrived':
      return `epoch ${happening.epoch}`;
    case 'event-logged':
      return `${happening.event.seq} ${happening.event.kind}`;
    case 'mqtt-taken':
      return `${happening.topic} ${happening.body.slice(0, KEPT_OF_BODY)} (${happening.body.length})`;
    case 'peer-took':
      return `${happening.peer} ${happening.body.slice(0, KEPT_OF_BODY)} (${happening.body.length})`;
    default: {
      const { kind, ...rest } = happening;
      return JSON.stringify(rest);
    }
  }
}
