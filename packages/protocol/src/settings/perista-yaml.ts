import { z } from 'zod';
import { EntityId, positive } from '../api/identifiers.ts';
import { PumpLimits, StepperHardware } from '../api/pumps.ts';
import { channelsOf, RelayUnitSettings, relayPumpId } from './relay-unit.ts';
import { DoserId, HardwareKind, HostName, LogLevel, PortNumber, TimeZone } from './rules.ts';

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
    const taken = pumps.flatMap(({ id }, index) => (relayIds.includes(id) ? [index] : []));
    taken.forEach(refuse('pumps', 'id', 'differ from the ids of the pumps of hardware.relay_unit'));
    repeated(pumps.map(({ line, address }) => `${line} ${address}`)).forEach(
      refuse('pumps', 'address', 'differ from the addresses of the other pumps on its line'),
    );
    const lost = pumps.flatMap(({ line }, index) => (lineIds.includes(line) ? [] : [index]));
    lost.forEach(refuse('pumps', 'line', 'be the id of one of hardware.lines'));
  });

/** `perista.yaml`. All of it is optional; what it does not know is refused. */
export const PeristaYaml = z.strictObject({
  site: z.strictObject({ timezone: TimeZone.optional(), doser_id: DoserId.optional() }).optional(),
  http: z.strictObject({ host: HostName.optional(), port: PortNumber.optional() }).optional(),
  emulator: z.strictObject({ port: PortNumber.optional() }).optional(),
  log: z.strictObject({ level: LogLevel.optional() }).optional(),
  hardware: Hardware.optional(),
});
export type PeristaYaml = z.infer<typeof PeristaYaml>;

/** Positions of those that stood earlier in the list. */
function repeated(ids: readonly string[]): number[] {
  return ids.flatMap((id, index) => (ids.indexOf(id) < index ? [index] : []));
}
