/** The two layouts of a doser's topics: `<doser>/cmd/…`, and `cmnd/<doser>/…` as switches of the field have it. */
export const LAYOUTS = ['doser', 'prefix'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Words of availability in each layout. */
export const AVAILABILITY: Readonly<Record<Layout, { readonly on: string; readonly off: string }>> = {
  doser: { on: 'online', off: 'offline' },
  prefix: { on: 'Online', off: 'Offline' },
};

interface TopicEntry {
  readonly direction: 'in' | 'out';
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Topic by layout; null: the layout has no such topic. `{doser}` and `{pump}` each stand for one level. */
  readonly doser: string | null;
  readonly prefix: string | null;
}

/** Topics of a doser: the one table that builds and parses them. What comes in is never obeyed when it was retained. */
export const DOSER_TOPICS = {
  dose: {
    direction: 'in',
    qos: 1,
    retain: false,
    doser: '{doser}/cmd/{pump}/dose',
    prefix: 'cmnd/{doser}/{pump}/dose',
  },
  stop: {
    direction: 'in',
    qos: 1,
    retain: false,
    doser: '{doser}/cmd/{pump}/stop',
    prefix: 'cmnd/{doser}/{pump}/stop',
  },
  /** One dose of the volume that stands in `volume`: what a button publishes. */
  doseNow: {
    direction: 'in',
    qos: 1,
    retain: false,
    doser: '{doser}/cmd/{pump}/dose-now',
    prefix: 'cmnd/{doser}/{pump}/dose-now',
  },
  volume: {
    direction: 'in',
    qos: 1,
    retain: false,
    doser: '{doser}/cmd/{pump}/volume',
    prefix: 'cmnd/{doser}/{pump}/volume',
  },
  schedule: {
    direction: 'in',
    qos: 1,
    retain: false,
    doser: '{doser}/cmd/{pump}/schedule',
    prefix: 'cmnd/{doser}/{pump}/schedule',
  },
  dailyLimit: {
    direction: 'in',
    qos: 1,
    retain: false,
    doser: '{doser}/cmd/{pump}/daily-limit',
    prefix: 'cmnd/{doser}/{pump}/daily-limit',
  },
  stopAll: { direction: 'in', qos: 1, retain: false, doser: '{doser}/cmd/stop', prefix: 'cmnd/{doser}/stop' },
  status: {
    direction: 'out',
    qos: 1,
    retain: true,
    doser: '{doser}/stat/{pump}/status',
    prefix: 'stat/{doser}/{pump}',
  },
  volumeState: {
    direction: 'out',
    qos: 1,
    retain: true,
    doser: '{doser}/stat/{pump}/volume',
    prefix: 'stat/{doser}/{pump}/volume',
  },
  scheduleState: {
    direction: 'out',
    qos: 1,
    retain: true,
    doser: '{doser}/stat/{pump}/schedule',
    prefix: 'stat/{doser}/{pump}/schedule',
  },
  dailyLimitState: {
    direction: 'out',
    qos: 1,
    retain: true,
    doser: '{doser}/stat/{pump}/daily-limit',
    prefix: 'stat/{doser}/{pump}/daily-limit',
  },
  unit: { direction: 'out', qos: 1, retain: true, doser: '{doser}/status', prefix: 'stat/{doser}' },
  result: {
    direction: 'out',
    qos: 1,
    retain: false,
    doser: '{doser}/stat/{pump}/result',
    prefix: 'stat/{doser}/{pump}/result',
  },
  events: { direction: 'out', qos: 0, retain: false, doser: '{doser}/events', prefix: 'tele/{doser}/events' },
  telemetry: { direction: 'out', qos: 0, retain: false, doser: null, prefix: 'tele/{doser}/status' },
  errors: { direction: 'out', qos: 2, retain: false, doser: '{doser}/errors', prefix: 'tele/{doser}/errors' },
  availability: { direction: 'out', qos: 1, retain: true, doser: '{doser}/availability', prefix: 'tele/{doser}/LWT' },
} as const satisfies Record<string, TopicEntry>;

export type TopicName = keyof typeof DOSER_TOPICS;
type Incoming = {
  [Name in TopicName]: (typeof DOSER_TOPICS)[Name]['direction'] extends 'in' ? Name : never;
}[TopicName];

/** An incoming topic that was understood; `pumpId` is null where the topic speaks of the whole unit. */
export interface IncomingTopic {
  readonly name: Incoming;
  readonly layout: Layout;
  readonly pumpId: string | null;
}

const ENTRIES: readonly (readonly [TopicName, TopicEntry])[] = Object.entries(DOSER_TOPICS) as [
  TopicName,
  TopicEntry,
][];
const INCOMING = ENTRIES.filter((row): row is [Incoming, TopicEntry] => row[1].direction === 'in');
/** A level of a pump's topic must be an id (`EntityId`): a wildcard or an empty level is none. */
const PUMP_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The topic in one layout, or null if that layout has none. */
export function topicOf(name: TopicName, layout: Layout, doserId: string, pumpId = ''): string | null {
  const pattern: string | null = DOSER_TOPICS[name][layout];
  return pattern?.replace('{doser}', doserId).replace('{pump}', pumpId) ?? null;
}

/** Filters of all that may come in. */
export function orderFilters(layouts: readonly Layout[], doserId: string): string[] {
  return layouts.flatMap((layout) => INCOMING.flatMap(([name]) => topicOf(name, layout, doserId, '+') ?? []));
}

/** What an incoming topic means; undefined if it is none of ours. */
export function parseTopic(topic: string, layouts: readonly Layout[], doserId: string): IncomingTopic | undefined {
  const levels = topic.split('/');
  for (const layout of layouts) {
    for (const [name, entry] of INCOMING) {
      const pumpId = match(levels, entry[layout], doserId);
      if (pumpId !== undefined) return { name, layout, pumpId };
    }
  }
  return undefined;
}

/** The pump's id, null if the pattern names none, undefined if the levels do not fit. */
function match(levels: readonly string[], pattern: string | null, doserId: string): string | null | undefined {
  const wanted = pattern?.split('/');
  if (wanted?.length !== levels.length) return undefined;
  let pumpId: string | null = null;
  for (const [index, level] of levels.entries()) {
    if (wanted[index] === '{pump}' && PUMP_ID.test(level)) pumpId = level;
    else if (level !== (wanted[index] === '{doser}' ? doserId : wanted[index])) return undefined;
  }
  return pumpId;
}
