import { ALARM_KINDS, type AlarmCode, type InfusionDevice, isAlarmCode } from '@perista/simulator/infusion-device';
import { hintFor } from '../settings/nearest-name.ts';

/** What a person can type beside an emulated device. */
interface Typed {
  readonly usage: string;
  readonly meaning: string;
  /** @throws Mistyped */
  act(device: InfusionDevice, words: readonly string[]): void;
}

class Mistyped extends Error {}

const OWN = { flowRateMlMin: 5, plannedTimeMin: 10 };

const TYPED: Readonly<Record<string, Typed>> = {
  start: press('start', 'accept the start that waits', 'accept'),
  reject: {
    usage: 'reject [reason]',
    meaning: 'refuse it',
    act: (device, words) => device.press({ action: 'reject', reason: words.join(' ') || 'rejected at the device' }),
  },
  progress: {
    usage: 'progress',
    meaning: 'tell how far it is',
    act: (device) => device.tell('progress'),
  },
  error: {
    usage: 'error [code] | error end [code]',
    meaning: `an alarm begins (${Object.keys(ALARM_KINDS).join(', ')}) [OCCLUSION], or ends [all of them]`,
    act: alarm,
  },
  status: { usage: 'status', meaning: 'tell the status', act: (device) => device.tell('status') },
  pause: press('pause', 'pause at the device', 'pause'),
  resume: press('resume', 'go on', 'resume'),
  stop: press('stop', 'stop at the device', 'stop'),
  complete: press('complete', 'the infusion is over, whatever is left', 'complete'),
  begin: {
    usage: 'begin [ml/min] [min]',
    meaning: `start an infusion at the device itself [${OWN.flowRateMlMin} ml/min, ${OWN.plannedTimeMin} min]`,
    act: begin,
  },
  offline: {
    usage: 'offline [s]',
    meaning: 'lose the connection, for so long or until "online"',
    act(device, [seconds]) {
      if (seconds === undefined) device.loseConnection();
      else if (Number(seconds) > 0) device.loseConnection(Number(seconds) * 1_000);
      else throw new Mistyped(`offline takes seconds above 0, not "${seconds}"`);
    },
  },
  online: { usage: 'online', meaning: 'come back', act: (device) => device.comeBack() },
  reboot: {
    usage: 'reboot [forget]',
    meaning: 'its power is cut for 2 s; with "forget" it knows nothing of before',
    act(device, [word]) {
      if (word !== undefined && word !== 'forget')
        throw new Mistyped(`reboot takes nothing or "forget", not "${word}"`);
      device.reboot({ forgets: word === 'forget' });
    },
  },
};

const LISTED = [
  ...Object.values(TYPED),
  { usage: 'help', meaning: 'print this' },
  { usage: 'quit', meaning: 'switch it off' },
];
const NAMES = [...Object.keys(TYPED), 'help', 'quit'];
const width = Math.max(...LISTED.map(({ usage }) => usage.length));
export const TYPED_HELP = LISTED.map(({ usage, meaning }) => `  ${usage.padEnd(width)}  ${meaning}`).join('\n');

/** Does what was typed; gives what is to be said about it, if anything, or null where the device shall be switched off. */
export function actOnTyped(device: InfusionDevice, line: string): string | null {
  const [name = '', ...words] = line.trim().split(/\s+/);
  if (name === '') return '';
  if (name === 'quit') return null;
  if (name === 'help') return TYPED_HELP;
  const typed = Object.hasOwn(TYPED, name) ? TYPED[name] : undefined;
  if (typed === undefined) return `there is no "${name}"${hintFor(name, NAMES)}; "help" lists what there is`;
  try {
    typed.act(device, words);
    return '';
  } catch (thrown) {
    if (!(thrown instanceof Mistyped)) throw thrown;
    return thrown.message;
  }
}

function press(usage: string, meaning: string, action: 'accept' | 'pause' | 'resume' | 'stop' | 'complete'): Typed {
  return { usage, meaning, act: (device) => device.press({ action }) };
}

function alarm(device: InfusionDevice, [first, second]: readonly string[]): void {
  const isOn = first !== 'end';
  const code = isOn ? first : second;
  if (code !== undefined && !isAlarmCode(code)) {
    const known = Object.keys(ALARM_KINDS);
    throw new Mistyped(`there is no alarm "${code}"${hintFor(code, known)}; there are ${known.join(', ')}`);
  }
  const on: readonly AlarmCode[] = device.state.alarms.map((each) => each.code);
  const meant = code === undefined ? (isOn ? ['OCCLUSION' as const] : on) : [code];
  if (meant.length === 0) throw new Mistyped('no alarm is on');
  for (const each of meant) device.setAlarm(each, isOn);
}

function begin(device: InfusionDevice, words: readonly string[]): void {
  const [flowRateMlMin = OWN.flowRateMlMin, plannedTimeMin = OWN.plannedTimeMin] = words.map(Number);
  if (!(flowRateMlMin > 0 && plannedTimeMin > 0))
    throw new Mistyped(`begin takes ml/min and min above 0, not "${words.join(' ')}"`);
  const plannedVolumeMl = flowRateMlMin * plannedTimeMin;
  const parameters = { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus: { enabled: false, volumeMl: 0 } };
  device.press({ action: 'begin', parameters });
}
