/** How loudly a failure must be told: `fault` stops a pump, `error` fails an operation, `refusal` means a rule said no. */
export type Severity = 'fault' | 'error' | 'refusal';

export interface ErrorEntry {
  /** One sentence in plain words; details of the case are added where it is raised. */
  readonly title: string;
  /** HTTP status when it reaches a caller. */
  readonly status: number;
  readonly severity: Severity;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
}

const fault = (title: string, retryable = false): ErrorEntry => ({ title, status: 503, severity: 'fault', retryable });
const error = (status: number, title: string, retryable = false): ErrorEntry => ({
  title,
  status,
  severity: 'error',
  retryable,
});
const refusal = (title: string, retryable = false): ErrorEntry => ({
  title,
  status: 422,
  severity: 'refusal',
  retryable,
});

/**
 * Every failure that Perista can report. E1xx pump, E2xx agent link, E3xx storage and start, E4xx request and schedule,
 * E5xx fleet. `docs/errors.md` has one paragraph for each; a test compares the two.
 */
export const ERRORS = {
  E101: fault('Motor board does not answer', true),
  E102: fault('Motor stalled'),
  E103: fault('Motor ran faster than commanded'),
  E104: fault('Motor turned in the wrong direction'),
  E105: fault('Motor board firmware is not supported'),
  E106: fault('Serial line cannot be used', true),
  E107: fault('Motor board answers are garbled', true),
  E108: fault('Motor board refused a command'),
  E109: fault('Motor turned further than commanded'),
  E110: fault('Relays cannot be switched', true),
  E111: error(503, 'Leak sensor is wet', true),
  E112: error(503, 'External interlock is open', true),
  E113: error(503, 'Level switch says that the container is empty', true),
  E114: error(503, 'Input of a pump cannot be read', true),

  E201: error(503, 'Agent cannot be reached', true),
  E202: error(503, 'Agent speaks another version of the link'),
  E203: error(409, 'Order belongs to an earlier controller session'),
  E204: error(409, 'Order reached the agent after its deadline', true),
  E205: error(503, 'Message on the agent link is damaged', true),
  E206: error(409, 'Lease of the dose has expired'),
  E207: error(409, 'Agent refused the order'),

  E301: error(503, 'Database cannot be used', true),
  E302: fault('Both journal copies of a record are damaged'),
  E303: error(500, 'Data folder cannot be written'),
  E304: error(500, 'Data folder is used by another Perista'),
  E305: error(500, 'Network port is in use'),
  E306: error(500, 'Setting is wrong'),
  E307: error(503, 'Memory chip or clock cannot be reached', true),
  E308: error(500, 'FRAM image cannot be used'),
  E309: error(503, 'MQTT broker cannot be used', true),

  E400: error(400, 'Request is not valid JSON'),
  E401: error(401, 'Not logged in'),
  E402: error(400, 'Request has wrong fields'),
  E403: error(403, 'Not allowed for this user'),
  E404: error(404, 'Not found'),
  E405: error(403, 'Request comes from a foreign web page'),
  E406: error(409, 'Conflicts with the present state'),
  E407: error(409, 'Idempotency key was used for another request'),
  E408: error(429, 'Too many attempts', true),
  E409: error(415, 'Body is not JSON'),
  E410: error(413, 'Body is too large'),
  E411: error(405, 'Method does not fit the address'),
  E412: error(500, 'Perista failed inside'),
  E413: error(503, 'Clock cannot be trusted', true),

  E420: refusal('Rate is higher than the pump can give'),
  E421: refusal('Rate is lower than the pump can give'),
  E422: refusal('Volume is larger than a single dose may be'),
  E423: refusal('Duration is longer than a dose may take'),
  E424: refusal('Hourly cap would be exceeded', true),
  E425: refusal('Daily cap would be exceeded', true),
  E426: refusal('Weekly cap would be exceeded', true),
  E427: refusal('Volume is smaller than the pump can dose'),
  E428: refusal('Pump is not calibrated'),
  E429: refusal('Container does not hold enough'),
  E430: refusal('Emergency stop is latched'),
  E431: refusal('Pump is disabled'),
  E432: refusal('Pump is held after an uncertain dose'),
  E433: refusal('Pump has a fault'),
  E434: refusal('Dose waited too long and its window is over'),
  E435: refusal('Queue of waiting doses is full', true),
  E436: refusal('Pump or its group is busy', true),
  E437: refusal('Motor has no speed that its pump allows'),
  E438: refusal('Pump turns one way only'),
  E439: refusal('Plan was read back and is not confirmed'),
  E440: refusal('Clock could not be trusted when the dose was due'),
  E441: refusal('Dose was late, and its schedule skips what is late'),
  E442: refusal('Later dose was given in the place of a late one'),
  E443: refusal('Pump is kept apart from another one', true),

  E501: error(404, 'Device is not known'),
  E502: error(409, 'Device is not online', true),
  E503: error(409, 'Device is not free', true),
  E504: error(422, 'Parameters of the infusion do not fit'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
