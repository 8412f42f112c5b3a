import { EventList, EventQuery, type LogEvent } from '@perista/protocol/api';
import type { App, RouteContext } from '../app.ts';
import type { CsvColumns } from '../csv.ts';
import { CsvAnswer, sendCsv } from '../csv-answer.ts';
import { routeSchema } from '../route-schema.ts';

/** The event log. */
export function eventRoutes(app: App, { services: { events } }: RouteContext): void {
  app.get(
    '/api/events',
    {
      schema: routeSchema('GET /api/events', {
        tags: ['events'],
        summary: 'The event log, newest first',
        querystring: EventQuery,
        response: { 200: EventList },
      }),
    },
    async (request) => events.list(request.query),
  );

  app.get(
    '/api/events/export.csv',
    {
      schema: routeSchema('GET /api/events/export.csv', {
        tags: ['events'],
        summary: 'The event log as a table for a spreadsheet',
        querystring: EventQuery.omit({ limit: true, cursor: true }),
        response: { 200: CsvAnswer },
      }),
    },
    async (request, reply) =>
      sendCsv(reply, 'perista-events.csv', EVENT_COLUMNS, (page) => events.list({ ...request.query, ...page })),
  );
}

const EVENT_COLUMNS: CsvColumns<LogEvent> = [
  ['seq', (event) => event.seq],
  ['at', (event) => event.at],
  ['kind', (event) => event.kind],
  ['severity', (event) => event.severity],
  ['pump_id', (event) => event.pump_id],
  ['dose_id', (event) => event.dose_id],
  ['actor', (event) => event.actor],
  ['data', (event) => JSON.stringify(event.data)],
];
