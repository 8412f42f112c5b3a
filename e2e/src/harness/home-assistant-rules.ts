/** What Home Assistant asks of device-based discovery, as its documentation and schemas have it (2026). */

export type Config = Readonly<Record<string, unknown>>;

const SHORT_ROOT: Readonly<Record<string, string>> = {
  dev: 'device',
  o: 'origin',
  cmps: 'components',
  avty: 'availability',
};
const SHORT_DEVICE: Readonly<Record<string, string>> = {
  ...{ ids: 'identifiers', cns: 'connections', mf: 'manufacturer', mdl: 'model', mdl_id: 'model_id' },
  ...{ sw: 'sw_version', hw: 'hw_version', sn: 'serial_number', cu: 'configuration_url', sa: 'suggested_area' },
};
const SHORT_ORIGIN: Readonly<Record<string, string>> = { sw: 'sw_version', url: 'support_url' };
const SHORT_COMPONENT: Readonly<Record<string, string>> = {
  ...{ p: 'platform', stat_t: 'state_topic', cmd_t: 'command_topic', val_tpl: 'value_template', uniq_id: 'unique_id' },
  ...{
    dev_cla: 'device_class',
    stat_cla: 'state_class',
    unit_of_meas: 'unit_of_measurement',
    ent_cat: 'entity_category',
  },
};

const AVAILABILITY_KEYS = ['availability', 'availability_mode', 'availability_topic', 'availability_template'];
const ROOT_KEYS = new Set([
  ...AVAILABILITY_KEYS,
  ...['device', 'origin', 'components', 'state_topic', 'command_topic', 'qos', 'encoding'],
  ...['payload_available', 'payload_not_available'],
]);
const DEVICE_KEYS = new Set([
  ...['identifiers', 'connections', 'name', 'manufacturer', 'model', 'model_id', 'sw_version', 'hw_version'],
  ...['serial_number', 'configuration_url', 'suggested_area', 'via_device'],
]);
const ORIGIN_KEYS = new Set(['name', 'sw_version', 'support_url']);

/** Of every entity. `object_id` is none of them any more: it went with Core 2026.4. */
const ENTITY_KEYS = [
  ...AVAILABILITY_KEYS,
  ...[
    'platform',
    'name',
    'unique_id',
    'default_entity_id',
    'device_class',
    'entity_category',
    'entity_picture',
    'icon',
  ],
  ...['enabled_by_default', 'json_attributes_topic', 'json_attributes_template', 'qos', 'encoding'],
  ...['payload_available', 'payload_not_available'],
];

interface Platform {
  readonly needs: readonly string[];
  readonly keys: readonly string[];
  readonly categories: readonly string[];
  /** Device classes with their units; none: any or no unit. */
  readonly classes: Readonly<Record<string, readonly string[] | undefined>>;
}

const VOLUMES = ['mL', 'L', 'm³', 'ft³', 'CCF', 'MCF', 'gal', 'fl. oz.'];
const FLOWS = ['m³/h', 'm³/min', 'm³/s', 'ft³/min', 'L/h', 'L/min', 'L/s', 'gal/min', 'gal/h', 'gal/d', 'mL/s'];
const DURATIONS = ['d', 'h', 'min', 's', 'ms', 'μs'];
const ACTIVE = ['config', 'diagnostic'];
const PASSIVE = ['diagnostic'];

const PLATFORMS: Readonly<Record<string, Platform>> = {
  button: {
    needs: ['command_topic'],
    keys: ['command_topic', 'command_template', 'payload_press', 'retain'],
    categories: ACTIVE,
    classes: { identify: undefined, restart: undefined, update: undefined },
  },
  number: {
    needs: ['command_topic'],
    keys: [
      ...['command_topic', 'command_template', 'state_topic', 'value_template', 'min', 'max', 'step', 'mode'],
      ...['unit_of_measurement', 'payload_reset', 'optimistic', 'retain'],
    ],
    categories: ACTIVE,
    classes: { volume: VOLUMES, volume_storage: VOLUMES, duration: DURATIONS },
  },
  switch: {
    needs: ['command_topic'],
    keys: [
      ...['command_topic', 'command_template', 'state_topic', 'value_template', 'payload_on', 'payload_off'],
      ...['state_on', 'state_off', 'optimistic', 'retain'],
    ],
    categories: ACTIVE,
    classes: { outlet: undefined, switch: undefined },
  },
  sensor: {
    needs: ['state_topic'],
    keys: [
      ...['state_topic', 'value_template', 'unit_of_measurement', 'state_class', 'options', 'expire_after'],
      ...['suggested_display_precision', 'last_reset_value_template', 'force_update'],
    ],
    categories: PASSIVE,
    classes: {
      ...{ volume: VOLUMES, volume_storage: VOLUMES, volume_flow_rate: FLOWS, duration: DURATIONS },
      ...{ enum: [], timestamp: [] },
    },
  },
  binary_sensor: {
    needs: ['state_topic'],
    keys: [
      ...['state_topic', 'value_template', 'payload_on', 'payload_off', 'off_delay', 'expire_after', 'force_update'],
    ],
    categories: PASSIVE,
    classes: { running: undefined, problem: undefined, connectivity: undefined, safety: undefined },
  },
  event: {
    needs: ['state_topic', 'event_types'],
    keys: ['state_topic', 'event_types', 'value_template'],
    categories: PASSIVE,
    classes: { button: undefined, doorbell: undefined, motion: undefined },
  },
};

/** State classes that go with a device class of a sensor. */
const STATE_CLASSES: Readonly<Record<string, readonly string[]>> = {
  volume: ['total', 'total_increasing'],
  volume_storage: ['measurement'],
  volume_flow_rate: ['measurement'],
  duration: ['measurement', 'total', 'total_increasing'],
  enum: [],
  timestamp: [],
};

const DISCOVERY_TOPIC = /^[^+#]+\/device\/[a-zA-Z0-9_-]+\/config$/;
/** Ours; brokers of small machines take little more. */
const MOST_BYTES = 16_384;
const TOPIC = /^[^+#$\s\0/][^+#\s\0/]*(\/[^+#\s\0/]+)*$/;
const LEAST_STEP = 0.001;

/** One device without abbreviations. */
export function spelledOut(payload: Config): {
  device: Config;
  origin: Config;
  components: Readonly<Record<string, Config>>;
  root: Config;
} {
  const root = renamed(payload, SHORT_ROOT);
  const components = Object.entries((root.components ?? {}) as Record<string, Config>);
  return {
    root,
    device: renamed((root.device ?? {}) as Config, SHORT_DEVICE),
    origin: renamed((root.origin ?? {}) as Config, SHORT_ORIGIN),
    components: Object.fromEntries(components.map(([key, each]) => [key, renamed(each, SHORT_COMPONENT)])),
  };
}

/** Everything that Home Assistant would not take, or not as it is meant; each with its place. */
export function mistakesIn(topic: string, text: string): string[] {
  const { root, device, origin, components } = spelledOut(JSON.parse(text) as Config);
  return [
    ...unless(DISCOVERY_TOPIC.test(topic), `${topic} is no topic of discovery`),
    ...unless(Buffer.byteLength(text) <= MOST_BYTES, `${topic} has more than ${MOST_BYTES} bytes`),
    ...unknown('the payload', root, ROOT_KEYS),
    ...unknown('device', device, DEVICE_KEYS),
    ...unknown('origin', origin, ORIGIN_KEYS),
    ...unless(isText(origin.name), 'origin has no name'),
    ...unless(isText(device.name), 'device has no name'),
    ...unless(Array.isArray(device.identifiers) && device.identifiers.every(isText), 'device has no identifiers'),
    ...unless(Object.keys(components).length > 0, 'there are no components'),
    ...availabilityMistakes('the payload', root),
    ...Object.entries(components).flatMap(([key, each]) => componentMistakes(key, each, String(device.name))),
  ];
}

function componentMistakes(key: string, component: Config, deviceName: string): string[] {
  const { platform } = component;
  const rules = PLATFORMS[String(platform)];
  if (rules === undefined) return [`${key} has the platform ${String(platform)}`];
  const { device_class, entity_category, name, unique_id, default_entity_id } = component;
  const isClass = device_class === undefined || Object.hasOwn(rules.classes, String(device_class));
  const isCategory = entity_category === undefined || rules.categories.includes(String(entity_category));
  return [
    ...unknown(key, component, new Set([...ENTITY_KEYS, ...rules.keys])),
    ...rules.needs.filter((need) => component[need] === undefined).map((need) => `${key} has no ${need}`),
    ...unless(isText(unique_id), `${key} has no unique_id`),
    ...unless(isText(name) && !name.toLowerCase().startsWith(`${deviceName.toLowerCase()} `), `${key} has a bad name`),
    ...unless(
      new RegExp(`^${platform}\\.[a-z0-9_]+$`).test(String(default_entity_id)),
      `${key} has a bad default_entity_id`,
    ),
    ...unless(isClass, `${key} has the class ${String(device_class)}`),
    ...unless(isCategory, `${key} has the category ${String(entity_category)}`),
    ...unless(component.retain !== true, `${key} retains its commands`),
    ...unitMistakes(key, component, rules),
    ...availabilityMistakes(key, component),
    ...topicsAndTemplates(key, component),
    ...(platform === 'number' ? numberMistakes(key, component) : []),
    ...(platform === 'sensor' ? sensorMistakes(key, component) : []),
    ...(platform === 'event' ? eventMistakes(key, component) : []),
  ];
}

function unitMistakes(
  key: string,
  { device_class, unit_of_measurement: unit }: Config,
  { classes }: Platform,
): string[] {
  const units = device_class === undefined ? undefined : classes[String(device_class)];
  if (units === undefined) return [];
  const fits = units.length === 0 ? unit === undefined : units.includes(String(unit));
  return unless(fits, `${key} is of class ${String(device_class)} and has the unit ${String(unit)}`);
}

function sensorMistakes(key: string, { device_class, state_class, options, unit_of_measurement }: Config): string[] {
  const allowed = STATE_CLASSES[String(device_class)] ?? [];
  return [
    ...unless(
      state_class === undefined || allowed.includes(String(state_class)),
      `${key} is of class ${String(device_class)} and of state class ${String(state_class)}`,
    ),
    ...unless(
      (device_class === 'enum') === Array.isArray(options),
      `${key} has options and is no enum, or the other way round`,
    ),
    ...unless(unit_of_measurement === undefined || state_class !== undefined, `${key} has a unit and no state_class`),
  ];
}

function numberMistakes(key: string, { min, max, step, mode }: Config): string[] {
  return [
    ...unless(typeof min === 'number' && typeof max === 'number' && min < max, `${key} has no range`),
    ...unless(typeof step === 'number' && step >= LEAST_STEP, `${key} has no step`),
    ...unless(['auto', 'box', 'slider'].includes(String(mode)), `${key} has no mode`),
  ];
}

function eventMistakes(key: string, { event_types: types }: Config): string[] {
  const names = Array.isArray(types) ? types : [];
  return unless(
    names.length > 0 && names.every(isText) && new Set(names).size === names.length,
    `${key} has bad event_types`,
  );
}

function availabilityMistakes(
  place: string,
  { availability, availability_topic, availability_mode }: Config,
): string[] {
  const list = availability === undefined ? [] : [availability].flat();
  const isEntry = (entry: unknown) =>
    unknown('', entry as Config, new Set(['topic', 'payload_available', 'payload_not_available', 'value_template']))
      .length === 0 && TOPIC.test(String((entry as Config).topic));
  return [
    ...unless(availability === undefined || availability_topic === undefined, `${place} has availability twice`),
    ...unless(list.every(isEntry), `${place} has bad availability`),
    ...unless(
      availability_mode === undefined || ['all', 'any', 'latest'].includes(String(availability_mode)),
      `${place} has a bad availability_mode`,
    ),
  ];
}

function topicsAndTemplates(key: string, component: Config): string[] {
  const entries = Object.entries(component);
  const topics = entries.filter(([name]) => name.endsWith('_topic') || name === 'topic');
  const templates = entries.filter(([name]) => name.endsWith('_template'));
  const isBalanced = (text: string) => text.split('{{').length === text.split('}}').length && text.includes('{{');
  return [
    ...topics.filter(([, topic]) => !TOPIC.test(String(topic))).map(([name]) => `${key} has a bad ${name}`),
    ...templates.filter(([, text]) => !isBalanced(String(text))).map(([name]) => `${key} has a bad ${name}`),
  ];
}

const renamed = (config: Config, names: Readonly<Record<string, string>>): Config =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [names[key] ?? key, value]));

const unknown = (place: string, config: Config, keys: ReadonlySet<string>): string[] =>
  Object.keys(config)
    .filter((key) => !keys.has(key))
    .map((key) => `${place} has ${key}, which is not known`);

const unless = (isRight: boolean, mistake: string): string[] => (isRight ? [] : [mistake]);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
