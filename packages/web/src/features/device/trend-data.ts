import type { DeviceHistory, DeviceObject } from '@perista/protocol/api';
import type uPlot from 'uplot';

/** What a trend shows: instants in s since 1970, rate in ml/min, delivered volume in ml. */
export interface Trend {
  readonly columns: uPlot.AlignedData;
  readonly gaps: readonly (readonly [fromS: number, toS: number])[];
  readonly marks: readonly { readonly atS: number; readonly kind: 'alarm' | 'order'; readonly text: string }[];
}

const seconds = (timestamp: string): number => Date.parse(timestamp) / 1000;
const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

type Point = readonly [atS: number, rate: number | null, delivered: number | null];

/**
 * The stored samples, and behind them what came while this page looked on. A line breaks at a gap: nothing is drawn where
 * nothing is known.
 */
export function trendOf(history: DeviceHistory, trail: readonly DeviceObject[]): Trend {
  const stored = history.samples.map<Point>(({ at, flowRateMlMin, deliveredVolumeMl }) => [
    seconds(at),
    flowRateMlMin?.mean ?? null,
    deliveredVolumeMl?.max ?? null,
  ]);
  const lastS = stored.at(-1)?.[0] ?? seconds(history.from);
  const fresh = trail
    .map<Point>(({ receivedAt, flowRateMlMin, deliveredVolumeMl }) => [
      seconds(receivedAt),
      numberOrNull(flowRateMlMin),
      numberOrNull(deliveredVolumeMl),
    ])
    .filter(([atS]) => atS > lastS + history.spanS);
  const gaps = history.gaps.map(({ from, to }) => [seconds(from), seconds(to)] as const);
  const breaks = gaps.map<Point>(([fromS, toS]) => [(fromS + toS) / 2, null, null]);
  const points = [...stored, ...fresh, ...breaks].toSorted(([one], [other]) => one - other);
  return {
    columns: [points.map(([at]) => at), points.map(([, rate]) => rate), points.map(([, , delivered]) => delivered)],
    gaps,
    marks: [
      ...history.alarms.map(({ raisedAt, message }) => ({
        atS: seconds(raisedAt),
        kind: 'alarm' as const,
        text: message,
      })),
      ...history.commands.map(({ createdAt, command }) => ({
        atS: seconds(createdAt),
        kind: 'order' as const,
        text: command,
      })),
    ],
  };
}
