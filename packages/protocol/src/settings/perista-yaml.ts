import { z } from 'zod';
import { EntityId, positive, TimeZone } from '../api/identifiers.ts';
import { PumpLimits, StepperHardware } from '../api/pumps.ts';
import { channelsOf, RelayUnitSettings, relayPumpId } from './relay-unit.ts';
import {
  BrokerUrl,
  BrokerWord,
  DoserId,
  HardwareKind,
  HistoryDays,
  HostName,
  LogLevel,
  MqttPort,
  OnOrOff,
  PortNumber,
  RemoteLogUrl,
  TopicLevels,
} from './rules.ts';

/** Baud rates of an MKS-SERVO42C that a serial port can be set to. */
const BAUD_RATES = [9_600, 19_200, 38_400, 57_600, 115_200] as const;

/** A serial line with one or more boards. */
export const LineSettings = z.strictObject({
  id: EntityId,
  path: z
    .string()
    .regex(/^(\/dev\/\S+|tcp:\/\/[^\s:/]+:\d{1,5})$/, 'must be /dev/… or tcp://host:port')
    .meta({ description: 'Where the line is: /dev/ttyAMA0 or tcp://host:port' }),
  baud: z
    .literal(BAUD_RATES, { error: `must be one of ${BAUD_RATES.join(', ')}` })
    .default(38_400)
    .meta({ description: 'Baud rate of its boards' }),
});
export type LineSettings = z.infer<typeof LineSettings>;

const GPIO_CHIP = /^\/dev\/[\w.-]+$/;
const LINE_RULE = 'must be the offset of a line of the chip, 0 to 9999';

/** A switch or sensor on a GPIO line. What is not as it shall be blocks the pump, and so does a line that cannot be read. */
export const InputSettings = z.strictObject({
  gpiochip: z
    .string()
    .regex(GPIO_CHIP, 'must be /dev/…')
    .default('/dev/gpiochip0')
    .meta({ description: 'GPIO chip of the line' }),
  line: z.int(LINE_RULE).min(0, LINE_RULE).max(9_999, LINE_RULE),
  ok_when: z
    .enum(['low', 'high'], 'must be low or high')
    .default('low')
    .meta({ description: 'Level at which all is well; low with a pull-up: a broken wire blocks' }),
  bias: z
    .enum(['up', 'down', 'none'], 'must be up, down or none')
    .default('up')
    .meta({ description: 'What holds the line where nothing is connected' }),
});
export type InputSettings = z.infer<typeof InputSettings>;

const PumpInputs = z.strictObject({
  leak: InputSettings.optional(),
  interlock: InputSettings.optional(),
  level: InputSettings.optional(),
});

/** A pump that was wired up. Its limits have no defaults: whoever connects real liquid decides them. */
export const PumpSettings = z.strictObject({
  id: EntityId,
  name: z.string().min(1).max(80).optional(),
  line: StepperHardware.shape.line,
  address: StepperHardware.shape.address,
  microstep: StepperHardware.shape.microstep.default(64),
  steps_per_rev: StepperHardware.shape.steps_per_rev.default(200),
  dialect: StepperHardware.shape.dialect.default('auto'),
  invert: StepperHardware.shape.invert.default(false),
  polls_while_moving: StepperHardware.shape.polls_while_moving.unwrap().default(false),
  max_rpm: StepperHardware.shape.max_rpm.default(300),
  max_rate_ml_min: positive('Largest rate, ml/min'),
  min_dose_ml: positive('Smallest dose, ml').optional(),
  container_ml: positive('Capacity of its container, ml').optional(),
  mutex_group: EntityId.optional().meta({ description: 'Pumps of one group never move together' }),
  limits: PumpLimits,
  inputs: PumpInputs.optional().meta({ description: 'What keeps it from dosing beside its motor' }),
});
export type PumpSettings = z.infer<typeof PumpSettings>;

const Hardware = z
  .strictObject({
    kind: HardwareKind.optional(),
    lines: z.array(LineSettings).default([]),
    pumps: z.array(PumpSettings).default([]),
    relay_unit: RelayUnitSettings.optional(),
  })
  .check(({ value: { lines, pumps, relay_unit }, issues }) => {
    const refuse = (list: 'lines' | 'pumps', key: string, rule: string) => (index: number) =>
      issues.push({ code: 'custom', message: `must ${rule}`, path: [list, index, key], input: index });
    const lineIds = lines.map(({ id }) => id);
    repeated(lineIds).forEach(refuse('lines', 'id', 'differ from the ids of all other lines'));
    repeated(pumps.map(({ id }) => id)).forEach(refuse('pumps', 'id', 'differ from the ids of all other pumps'));
    const relayIds = relay_unit === undefined ? [] : channelsOf(relay_unit).map(relayPumpId);
    const shadowed = pumps.flatMap(({ id }, index) => (relayIds.includes(id) ? [index] : []));
    shadowed.forEach(refuse('pumps', 'id', 'differ from the ids of the pumps of hardware.relay_unit'));
    repeated(pumps.map(({ line, address }) => `${line} ${address}`)).forEach(
      refuse('pumps', 'address', 'differ from the addresses of the other pumps on its line'),
    );
    const inputs = pumps.flatMap(inputPlaces);
    const taken = new Set(relay_unit?.lines.map((line) => placeOf(relay_unit.gpiochip, line)));
    for (const { path, place } of inputs) {
      const message = 'must differ from the lines of relays and of other inputs';
      if (taken.has(place)) issues.push({ code: 'custom', message, path: ['pumps', ...path, 'line'], input: place });
      taken.add(place);
    }
    const lost = pumps.flatMap(({ line }, index) => (lineIds.includes(line) ? [] : [index]));
    lost.forEach(refuse('pumps', 'line', 'be the id of one of hardware.lines'));
  });

const placeOf = (gpiochip: string, line: number): string => `${gpiochip} ${line}`;

/** The lines that the inputs of a pump are on. */
const inputPlaces = ({ inputs = {} }: PumpSettings, index: number) =>
  Object.entries(inputs).flatMap(([name, input]: [string, InputSettings | undefined]) =>
    input === undefined ? [] : [{ path: [index, 'inputs', name], place: placeOf(input.gpiochip, input.line) }],
  );

/** `perista.yaml`. All of it is optional; what it does not know is refused. */
export const PeristaYaml = z.strictObject({
  site: z.strictObject({ timezone: TimeZone.optional(), doser_id: DoserId.optional() }).optional(),
  http: z.strictObject({ host: HostName.optional(), port: PortNumber.optional() }).optional(),
  emulator: z.strictObject({ port: PortNumber.optional() }).optional(),
  log: z.strictObject({ level: LogLevel.optional() }).optional(),
  mqtt: z
    .strictObject({
      host: HostName.optional(),
      port: MqttPort.optional(),
      url: BrokerUrl.optional(),
      username: BrokerWord.optional(),
    })
    .optional(),
  home_assistant: z
    .strictObject({
      discovery: OnOrOff.optional(),
      prefix: TopicLevels.optional(),
      status_topic: TopicLevels.optional(),
    })
    .optional(),
  fleet: z.strictObject({ history_days: HistoryDays.optional() }).optional(),
  remote_log: z.strictObject({ url: RemoteLogUrl.optional(), device_id: EntityId.optional() }).optional(),
  hardware: Hardware.optional(),
});
export type PeristaYaml = z.infer<typeof PeristaYaml>;

/** Positions of those that stood earlier in the list. */
function repeated(ids: readonly string[]): number[] {
  return ids.flatMap((id, index) => (ids.indexOf(id) < index ? [index] : []));
}
