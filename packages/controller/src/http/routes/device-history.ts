import { DeviceHistory, HistoryRange } from '@perista/protocol/api';
import { DeviceId } from '@perista/protocol/fleet';
import { z } from 'zod';
import type { Sample } from '../../fleet/history/device-history-store.ts';
import { timestamp } from '../../ledger/timestamp.ts';
import { type App, loginOf, type RouteContext } from '../app.ts';
import type { CsvColumns } from '../csv.ts';
import { CsvAnswer, sendCsv } from '../csv-answer.ts';
import { routeSchema } from '../route-schema.ts';

const OneDevice = z.strictObject({ id: DeviceId });

const COLUMNS: CsvColumns<Sample> = [
  ['at', ({ atMs }) => timestamp(atMs)],
  ['boot', ({ number }) => number?.boot ?? null],
  ['seq', ({ number }) => number?.seq ?? null],
  ['flowRateMlMin', ({ flowRateMlMin }) => flowRateMlMin],
  ['deliveredVolumeMl', ({ deliveredVolumeMl }) => deliveredVolumeMl],
  ['batteryLevel', ({ batteryLevel }) => batteryLevel],
];

/** What a device told over time, to draw and to take away. */
export function deviceHistoryRoutes(app: App, { fleet: { trends } }: RouteContext): void {
  app.get(
    '/api/devices/:id/history',
    {
      schema: routeSchema('GET /api/devices/:id/history', {
        tags: ['devices'],
        summary: 'Numbers of a device over time, with gaps, alarms, commands and infusions',
        description:
          'The last hour unless said otherwise; where there are more samples than points, they are joined into spans.',
        params: OneDevice,
        querystring: HistoryRange,
        response: { 200: DeviceHistory },
      }),
    },
    (request) => trends.trend(loginOf(request).username, request.params.id, request.query),
  );

  app.get(
    '/api/devices/:id/history/export.csv',
    {
      schema: routeSchema('GET /api/devices/:id/history/export.csv', {
        tags: ['devices'],
        summary: 'Numbers of a device over time, one line a sample, oldest first',
        params: OneDevice,
        querystring: HistoryRange,
        response: { 200: CsvAnswer },
      }),
    },
    async (request, reply) => {
      const { id } = request.params;
      const read = trends.pages(loginOf(request).username, id, request.query);
      let last: Sample | undefined;
      return sendCsv(reply, `${id}.csv`, COLUMNS, ({ limit }) => {
        const items = read(last, limit);
        last = items.at(-1);
        return { items, next_cursor: items.length < limit ? null : id };
      });
    },
  );
}
