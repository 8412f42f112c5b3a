import { DAY_MS, wallAt, type Zone } from '@perista/core';
import type { Plan, PlanDose } from '@perista/protocol/api';

/** Doses of one pump that stand so near to each other that they are drawn as one. */
export interface PlanMark {
  readonly id: string;
  readonly pumpId: string;
  /** In the order in which they are due; at least one. */
  readonly doses: readonly [PlanDose, ...PlanDose[]];
  /** What it would give, ml. */
  readonly givenMl: number;
  /** What was asked for and would not be given, ml. */
  readonly heldBackMl: number;
  /** The worst of its doses. */
  readonly state: PlanDose['state'];
  /** Where it begins on the scale, 0 to 1. */
  readonly at: number;
  /** Day of the calendar, counted from 1970. */
  readonly day: number;
}

export interface PlanRow {
  readonly pumpId: string;
  readonly marks: readonly PlanMark[];
}

/** Whole days of the calendar, all of one width: an hour that is skipped or comes twice makes none narrower or wider. */
export interface DayScale {
  readonly firstDay: number;
  readonly days: number;
  /** By the clock on the wall, from the first midnight, ms. */
  readonly wallMs: (timestamp: string) => number;
  /** From 0, the first midnight, to 1, the last. */
  readonly placeOf: (timestamp: string) => number;
}

const HOUR_MS = DAY_MS / 24;
const CELL_HOURS = [1, 2, 3, 4, 6, 12, 24];
/** Narrower marks cannot be told from each other. */
const LEAST_CELL_PX = 7;
/** From bad to good. */
const STATES = ['refused', 'missed', 'waits', 'given'] as const satisfies readonly PlanDose['state'][];

export const isGiven = ({ state }: Pick<PlanDose, 'state'>): boolean => state === 'given' || state === 'waits';
const sumMl = (doses: readonly PlanDose[]): number => doses.reduce((sum, dose) => sum + dose.volume_ml, 0);

const dayOf = (wallMs: number): number => Math.floor(wallMs / DAY_MS);

export function dayScale({ from, until }: Pick<Plan, 'from' | 'until'>, zone: Zone): DayScale {
  const firstDay = dayOf(wallAt(zone, Date.parse(from)));
  const days = dayOf(wallAt(zone, Date.parse(until) - 1)) - firstDay + 1;
  const wallMs = (timestamp: string) => wallAt(zone, Date.parse(timestamp)) - firstDay * DAY_MS;
  return { firstDay, days, wallMs, placeOf: (timestamp) => wallMs(timestamp) / (days * DAY_MS) };
}

/** The shortest part of a day that can be told from the next one on `widthPx`, ms. */
export function cellMs({ days }: Pick<DayScale, 'days'>, widthPx: number): number {
  const hours = CELL_HOURS.find((each) => (widthPx / (days * 24)) * each >= LEAST_CELL_PX);
  return (hours ?? 24) * HOUR_MS;
}

/** A row for each pump that is asked for something, in the order of `pumpIds`. */
export function planRows(
  doses: readonly PlanDose[],
  pumpIds: readonly string[],
  scale: DayScale,
  cell: number,
): PlanRow[] {
  const known = new Set(pumpIds);
  const order = [...pumpIds, ...new Set(doses.map(({ pump_id }) => pump_id).filter((id) => !known.has(id)))];
  const ofPump = Map.groupBy(doses, ({ pump_id }) => pump_id);
  return order.flatMap((pumpId) => {
    const own = ofPump.get(pumpId);
    return own === undefined ? [] : [{ pumpId, marks: marksOf(pumpId, own, scale, cell) }];
  });
}

function marksOf(pumpId: string, doses: readonly PlanDose[], scale: DayScale, cell: number): PlanMark[] {
  const cells = Map.groupBy(doses, ({ due_at }) => Math.floor(scale.wallMs(due_at) / cell));
  return [...cells]
    .sort(([one], [other]) => one - other)
    .map(([number, [first, ...others]]) => {
      const all: [PlanDose, ...PlanDose[]] = [first as PlanDose, ...others];
      const givenMl = sumMl(all.filter(isGiven));
      return {
        id: `${pumpId} ${number}`,
        pumpId,
        doses: all,
        givenMl,
        heldBackMl: sumMl(all) - givenMl,
        state: STATES.find((state) => all.some((dose) => dose.state === state)) ?? 'given',
        at: (number * cell) / (scale.days * DAY_MS),
        day: scale.firstDay + Math.floor((number * cell) / DAY_MS),
      };
    });
}

export const MOVES = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'] as const;
export type Move = (typeof MOVES)[number];

/** Where a key leads from a mark: along its pump, to the nearest of another pump, or to the first of another day. */
export function moveTo(rows: readonly PlanRow[], from: PlanMark, key: Move): PlanMark {
  const rowNo = rows.findIndex(({ pumpId }) => pumpId === from.pumpId);
  const marks = rows[rowNo]?.marks ?? [];
  const no = marks.findIndex(({ id }) => id === from.id);
  const target = {
    ArrowLeft: () => marks[no - 1],
    ArrowRight: () => marks[no + 1],
    ArrowUp: () => nearestTo(rows[rowNo - 1]?.marks, from.at),
    ArrowDown: () => nearestTo(rows[rowNo + 1]?.marks, from.at),
    Home: () => marks[0],
    End: () => marks.at(-1),
    PageUp: () => firstOfDay(marks, marks.findLast(({ day }) => day < from.day)?.day),
    PageDown: () => marks.find(({ day }) => day > from.day),
  }[key]();
  return target ?? from;
}

const firstOfDay = (marks: readonly PlanMark[], wanted: number | undefined) => marks.find(({ day }) => day === wanted);

export const nearestTo = (marks: readonly PlanMark[] = [], at: number): PlanMark | undefined =>
  marks.reduce<PlanMark | undefined>(
    (best, mark) => (best === undefined || Math.abs(mark.at - at) < Math.abs(best.at - at) ? mark : best),
    undefined,
  );
