import type { Role } from '@perista/protocol/api';

/** Who may use a route: anybody, or whoever has at least this role. */
export type Access = 'anyone' | Role;

/**
 * Every route of the API and who may use it. A route that does not stand here cannot be served: the server refuses to
 * start. HEAD goes with GET.
 */
export const ACCESS = {
  'GET /': 'anyone',
  'GET /metrics': 'viewer',
  'GET /api/health': 'anyone',
  'GET /api/openapi.json': 'anyone',
  'GET /api/errors': 'anyone',
  'GET /api/about': 'viewer',

  'GET /api/setup': 'anyone',
  'POST /api/setup': 'anyone',
  'POST /api/session': 'anyone',
  'GET /api/session': 'viewer',
  'DELETE /api/session': 'viewer',
  'POST /api/session/password': 'viewer',
  'GET /api/sessions': 'viewer',
  'DELETE /api/sessions/:id': 'viewer',
  'GET /api/tokens': 'viewer',
  'POST /api/tokens': 'viewer',
  'DELETE /api/tokens/:id': 'viewer',

  'GET /api/users': 'admin',
  'POST /api/users': 'admin',
  'PATCH /api/users/:username': 'admin',
  'DELETE /api/users/:username': 'admin',
  'GET /api/mqtt-users': 'admin',
  'POST /api/mqtt-users': 'admin',
  'DELETE /api/mqtt-users/:name': 'admin',

  'GET /api/settings': 'viewer',
  'PATCH /api/settings': 'admin',
  'POST /api/restart': 'admin',
  'GET /api/mqtt': 'viewer',
  'POST /api/mqtt/test': 'admin',
  'GET /api/users/:username/devices': 'admin',
  'PUT /api/users/:username/devices': 'admin',

  'GET /api/notifications': 'admin',
  'POST /api/notifications': 'admin',
  'PATCH /api/notifications/:id': 'admin',
  'DELETE /api/notifications/:id': 'admin',
  'POST /api/notifications/:id/test': 'admin',
  'GET /api/notifications/:id/deliveries': 'admin',

  'GET /api/pumps': 'viewer',
  'POST /api/pumps': 'admin',
  'GET /api/pumps/:id': 'viewer',
  'GET /api/pumps/:id/history': 'viewer',
  'PATCH /api/pumps/:id': 'admin',
  'DELETE /api/pumps/:id': 'admin',
  'POST /api/pumps/:id/doses': 'operator',
  'POST /api/pumps/:id/prime': 'operator',
  'POST /api/pumps/:id/prime/renew': 'operator',
  'POST /api/pumps/:id/stop': 'operator',
  'POST /api/pumps/:id/release': 'operator',

  'GET /api/containers': 'viewer',
  'POST /api/containers': 'admin',
  'GET /api/containers/:id': 'viewer',
  'PATCH /api/containers/:id': 'admin',
  'DELETE /api/containers/:id': 'admin',
  'GET /api/containers/:id/refills': 'viewer',
  'POST /api/containers/:id/refills': 'operator',
  'GET /api/containers/:id/levels': 'viewer',
  'GET /api/pumps/:id/calibrations': 'viewer',
  'POST /api/pumps/:id/calibration-sessions': 'admin',
  'DELETE /api/pumps/:id/calibration-sessions/:session': 'admin',
  'POST /api/pumps/:id/calibration-sessions/:session/runs': 'admin',
  'POST /api/pumps/:id/calibration-sessions/:session/measurements': 'admin',
  'POST /api/pumps/:id/calibration-sessions/:session/finish': 'admin',
  'PUT /api/pumps/:id/calibration-reminder': 'admin',
  'POST /api/calibrations/:id/activate': 'admin',

  'GET /api/doses': 'viewer',
  'GET /api/doses/export.csv': 'viewer',
  'GET /api/doses/:id': 'viewer',
  'POST /api/doses/:id/cancel': 'operator',

  'GET /api/dosing-config': 'viewer',
  'POST /api/dosing-config': 'admin',
  'POST /api/dosing-config/confirm': 'operator',
  'GET /api/dosing-status': 'viewer',
  'POST /api/calibrate-channel': 'admin',
  'POST /api/manual-dose': 'operator',

  'GET /api/separations': 'viewer',
  'PUT /api/separations': 'admin',
  'GET /api/queue': 'viewer',

  'GET /api/schedules': 'viewer',
  'POST /api/schedules': 'operator',
  'POST /schedules': 'operator',
  'GET /api/schedules/:id': 'viewer',
  'PATCH /api/schedules/:id': 'operator',
  'DELETE /api/schedules/:id': 'operator',
  'POST /api/schedules/:id/run': 'operator',
  'GET /api/schedules/:id/history': 'viewer',

  'GET /api/plan': 'viewer',
  'POST /api/plan': 'viewer',

  'POST /api/time/accept': 'operator',

  'GET /api/emergency-stop': 'viewer',
  'POST /api/emergency-stop': 'operator',
  'DELETE /api/emergency-stop': 'operator',

  'GET /api/devices': 'viewer',
  'GET /api/devices/:id': 'viewer',
  'GET /api/devices/:id/infusions': 'viewer',
  'POST /api/devices/:id/infusions': 'operator',
  'POST /api/devices/:id/commands': 'operator',
  'GET /api/devices/:id/timeline': 'viewer',
  'GET /api/devices/:id/timeline/export.csv': 'viewer',
  'GET /api/alarms': 'viewer',
  'POST /api/alarms/:id/acknowledge': 'operator',
  'GET /api/devices/:id/history': 'viewer',
  'GET /api/devices/:id/history/export.csv': 'viewer',

  'GET /api/events': 'viewer',
  'GET /api/events/export.csv': 'viewer',
} as const satisfies Record<string, Access>;

export type RouteKey = keyof typeof ACCESS;

/** The API's description and its viewer. */
export const DOCS_PREFIX = '/api/docs';

/** What is served from files, to anybody: the viewer of the API and the GUI. */
const STATIC = [DOCS_PREFIX, '/assets', '/icon.svg'];

/** Who may use a route, by method and pattern; undefined for a route nobody decided on. */
export function accessOf(method: string, url: string): Access | undefined {
  const read = method === 'HEAD' ? 'GET' : method;
  const isStatic = STATIC.some((path) => url === path || url.startsWith(`${path}/`));
  if (isStatic) return read === 'GET' ? 'anyone' : undefined;
  return (ACCESS as Readonly<Record<string, Access>>)[`${read} ${url}`];
}
