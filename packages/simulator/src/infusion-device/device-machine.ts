import { answerCommand, answerGarbled } from './answer-command.ts';
import { BATTERY_LOW } from './battery.ts';
import { ALARM_KINDS, type AlarmCode, alarmBody } from './device-alarms.ts';
import type { DeviceBuild, DeviceEffect, DeviceInput, DeviceState, Moment, Quirks } from './device-state.ts';
import { end, endMs, pause, tellProgress } from './infusion-run.ts';
import { pressAtDevice } from './press.ts';
import { withdraw } from './start-request.ts';
import { Turn } from './turn.ts';

interface Step {
  readonly state: DeviceState;
  readonly effects: readonly DeviceEffect[];
}

const WELL_BEHAVED: Quirks = { ignoresStop: false, echoFactor: 1 };

/** What a device does when something happens to it. */
export function stepDevice(
  state: DeviceState,
  input: DeviceInput,
  build: DeviceBuild,
  moment: Moment,
  quirks: Quirks = WELL_BEHAVED,
): Step {
  const turn = new Turn(state, build, moment, quirks);
  // What was given before something happened is over before it happens, however late a timer is.
  completeIfGiven(turn);
  take(turn, input);
  return { state: turn.state, effects: turn.effects };
}

/** When it has something to do by itself, on its monotonic clock. */
export function nextDueMs({ run, shown, statusDueMs }: DeviceState): number {
  // Progress says that it is there, too.
  if (run !== null) return Math.min(run.sampleDueMs, endMs(run) ?? Number.POSITIVE_INFINITY);
  return Math.min(statusDueMs, shown?.untilMs ?? Number.POSITIVE_INFINITY);
}

function take(turn: Turn, input: DeviceInput) {
  const { run, asked } = turn.state;
  switch (input.kind) {
    case 'connected':
      if (!turn.state.hasGreeted) turn.tellStatus('online');
      turn.change({ hasGreeted: true });
      return turn.tellStatus();
    case 'command':
      return answerCommand(turn, input.message);
    case 'garbled':
      return answerGarbled(turn, input.commandId, input.reason);
    case 'press':
      return pressAtDevice(turn, input.press);
    case 'alarm':
      return input.isOn ? raise(turn, input.code) : clear(turn, input.code);
    case 'tick':
      return tick(turn);
    case 'tell':
      return input.name === 'progress' ? tellProgress(turn) : turn.tellStatus();
    case 'power-off':
      if (asked !== null) withdraw(turn, asked, 'switched off');
      if (run !== null) end(turn, run, 'stopped', 'switched off');
      return turn.do({ kind: 'remember' });
  }
}

function completeIfGiven(turn: Turn): void {
  const { run } = turn.state;
  const ends = run === null ? null : endMs(run);
  if (run !== null && ends !== null && turn.moment.nowMs >= ends) end(turn, run, 'completed');
}

function tick(turn: Turn): void {
  const { nowMs } = turn.moment;
  watchBattery(turn);
  const { run, shown } = turn.state;
  if (run !== null && nowMs >= run.sampleDueMs) {
    tellProgress(turn);
    const { periodMs } = turn.build;
    // Whoever slept tells once, and goes on in step.
    const periods = Math.floor((nowMs - run.sampleDueMs) / periodMs) + 1;
    turn.change({ run: { ...(turn.state.run ?? run), sampleDueMs: run.sampleDueMs + periods * periodMs } });
  }
  if (shown !== null && nowMs >= shown.untilMs) {
    turn.change({ shown: null });
    turn.tellStatus();
  }
  if (run === null && nowMs >= turn.state.statusDueMs) turn.tellStatus();
}

function raise(turn: Turn, code: AlarmCode): void {
  const { alarms, alarmCount, boot, run } = turn.state;
  if (alarms.some((alarm) => alarm.code === code)) return;
  const alarm = { alarmId: `${code}-${boot}-${alarmCount + 1}`, code };
  turn.change({ alarms: [...alarms, alarm], alarmCount: alarmCount + 1 });
  turn.tell('error', alarmBody(alarm, 'start', run?.infusionId ?? null));
  if (ALARM_KINDS[code].halts && run !== null && run.sinceMs !== null) pause(turn, run);
  else turn.tellStatus();
}

function clear(turn: Turn, code: AlarmCode) {
  const { alarms, run } = turn.state;
  const alarm = alarms.find((each) => each.code === code);
  if (alarm === undefined) return turn.do({ kind: 'pointless', reason: `there is no alarm ${code}` });
  turn.change({ alarms: alarms.filter((each) => each !== alarm) });
  turn.tell('error', alarmBody(alarm, 'end', run?.infusionId ?? null));
  turn.tellStatus();
}

function watchBattery(turn: Turn): void {
  const { battery, alarms } = turn.state;
  const [lowBelow, wellFrom] = BATTERY_LOW;
  const isLow = alarms.some(({ code }) => code === 'BATTERY_LOW');
  if (!isLow && battery.level < lowBelow) raise(turn, 'BATTERY_LOW');
  if (isLow && battery.level >= wellFrom) clear(turn, 'BATTERY_LOW');
}
