/** An alarm of a device: `halts`: the pump stands still while it holds, and goes on only when somebody resumes. */
interface AlarmKind {
  readonly type: string;
  readonly severity: 'high' | 'medium' | 'low';
  readonly message: string;
  readonly halts: boolean;
}

export const ALARM_KINDS = {
  OCCLUSION: { type: 'occlusion', severity: 'high', message: 'The line is blocked', halts: true },
  AIR_IN_LINE: { type: 'air', severity: 'high', message: 'There is air in the line', halts: true },
  DOOR_OPEN: { type: 'door', severity: 'medium', message: 'The door of the pump is open', halts: true },
  BATTERY_LOW: { type: 'battery', severity: 'low', message: 'The battery is low', halts: false },
} as const satisfies Record<string, AlarmKind>;

export type AlarmCode = keyof typeof ALARM_KINDS;

export const isAlarmCode = (text: string): text is AlarmCode => text in ALARM_KINDS;

/** One that holds now. */
export interface Alarm {
  readonly alarmId: string;
  readonly code: AlarmCode;
}

export const alarmBody = ({ alarmId, code }: Alarm, phase: 'start' | 'end', infusionId: string | null) => {
  const { type, severity, message } = ALARM_KINDS[code];
  return { alarmId, code, type, severity, message, phase, infusionId };
};
