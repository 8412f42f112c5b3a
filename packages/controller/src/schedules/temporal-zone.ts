import type { Zone } from '@perista/core';
import { Temporal } from 'temporal-polyfill';

/** A time during which clocks of a zone are not changed. */
interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly offsetMs: number;
}

/** An IANA zone by Temporal. It remembers what it has looked up: the executor asks for the same days again and again. */
class TemporalZone implements Zone {
  readonly #name: string;
  readonly #spans: Span[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  offsetMs(atMs: number): number {
    const known = this.#spans.find(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
    if (known !== undefined) return known.offsetMs;
    const span = this.#spanAt(Math.floor(atMs));
    this.#spans.push(span);
    return span.offsetMs;
  }

  #spanAt(atMs: number): Span {
    const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(this.#name);
    // The change before is strictly before: one at this very instant counts too.
    const before = at.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
    const after = at.getTimeZoneTransition('next');
    return {
      fromMs: before?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
      untilMs: after?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
      offsetMs: at.offsetNanoseconds / 1e6,
    };
  }
}

const zones = new Map<string, Zone>();

/** The zone of an IANA name that was checked. @throws RangeError for a name that is none */
export function zoneNamed(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = new TemporalZone(name);
  zone.offsetMs(0);
  zones.set(name, zone);
  return zone;
}
