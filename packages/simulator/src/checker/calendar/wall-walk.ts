/** Instants and times on a wall are counted in minutes since 1970, the latter as a calendar on that wall counts them. */
const DAY_MIN = 1440;
const MINUTE_MS = 60_000;
/** Clocks are hardly ever changed within one, and asking Intl is dear. */
const QUARTER_MIN = 15;
/** No clock goes back by more. */
const LOOK_BACK_MIN = 1.5 * DAY_MIN;

/**
 * What clocks in a zone show, walked minute by minute. It knows zones by Intl, and nothing of the product's calendar, which is
 * judged by it.
 */
export class WallWalk {
  readonly #format: Intl.DateTimeFormat;
  readonly #quarters = new Map<number, number>();
  readonly #days = new Map<number, Int32Array>();

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  }

  /** The latest time that was shown by this minute: what is shown a second time is not later. */
  latest(minute: number): number {
    const day = Math.floor(minute / DAY_MIN);
    return this.#day(day)[minute - day * DAY_MIN] ?? Number.NaN;
  }

  /** The first minute by which clocks have shown `wallMinute`, or a later time where it is skipped. */
  firstBy(wallMinute: number): number {
    let [before, by] = [wallMinute - DAY_MIN, wallMinute + DAY_MIN];
    while (by - before > 1) {
      const middle = Math.floor((before + by) / 2);
      if (this.latest(middle) >= wallMinute) by = middle;
      else before = middle;
    }
    return by;
  }

  #day(day: number): Int32Array {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const firstMinute = day * DAY_MIN;
    const latest = new Int32Array(DAY_MIN);
    let latestYet = 0;
    for (let minute = firstMinute - LOOK_BACK_MIN; minute < firstMinute + DAY_MIN; minute++) {
      latestYet = Math.max(latestYet, minute + this.#offset(minute));
      if (minute >= firstMinute) latest[minute - firstMinute] = latestYet;
    }
    this.#days.set(day, latest);
    return latest;
  }

  /** By how much clocks are ahead of UTC. */
  #offset(minute: number): number {
    const quarter = Math.floor(minute / QUARTER_MIN) * QUARTER_MIN;
    const offset = this.#offsetOfQuarter(quarter);
    return offset === this.#offsetOfQuarter(quarter + QUARTER_MIN) ? offset : this.#ask(minute);
  }

  #offsetOfQuarter(quarter: number): number {
    const known = this.#quarters.get(quarter);
    if (known !== undefined) return known;
    const offset = this.#ask(quarter);
    this.#quarters.set(quarter, offset);
    return offset;
  }

  #ask(minute: number): number {
    const shown = this.#format.format(minute * MINUTE_MS).split(/[,/: ]+/);
    const [month = 0, day = 0, year = 0, hour = 0, minuteOfHour = 0] = shown.map(Number);
    return Date.UTC(year, month - 1, day, hour, minuteOfHour) / MINUTE_MS - minute;
  }
}

const walks = new Map<string, WallWalk>();

/** The walk of a zone: what it has seen is the same for all who ask. */
export function wallWalk(timeZone: string): WallWalk {
  const known = walks.get(timeZone);
  if (known !== undefined) return known;
  const walk = new WallWalk(timeZone);
  walks.set(timeZone, walk);
  return walk;
}
