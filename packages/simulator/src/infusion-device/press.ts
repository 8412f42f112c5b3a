import type { Press } from './device-state.ts';
import { begin, end, pause, resume } from './infusion-run.ts';
import { accept, haltingAlarm, withdraw } from './start-request.ts';
import type { Turn } from './turn.ts';

type OnRun = Extract<Press, { action: 'stop' | 'pause' | 'resume' | 'complete' }>['action'];

/** Somebody presses something at the device. Where it means nothing now, that is said to whoever pressed. */
export function pressAtDevice(turn: Turn, press: Press) {
  const reason = whyPointless(turn, press);
  if (reason !== null) return turn.do({ kind: 'pointless', reason });
  switch (press.action) {
    case 'accept':
    case 'reject':
      decide(turn, press);
      break;
    case 'begin':
      beginOwn(turn, press);
      break;
    default:
      pressOnRun(turn, press.action);
  }
}

function whyPointless(turn: Turn, { action }: Press): string | null {
  const { run, asked } = turn.state;
  const turns = action === 'accept' || action === 'begin' || action === 'resume';
  const halting = turns ? haltingAlarm(turn) : null;
  if (halting !== null) return halting;
  if (action === 'accept' || action === 'reject') return asked === null ? 'no start waits to be accepted' : null;
  if (action !== 'begin') return run === null ? 'no infusion is under way' : null;
  if (run !== null) return `infusion ${run.infusionId} is under way`;
  return asked === null ? null : 'a start waits to be accepted';
}

function note(turn: Turn, action: Press['action'], infusionId: string | null | undefined): void {
  turn.tell('actions', { action, infusionId: infusionId ?? null });
}

function decide(turn: Turn, press: Extract<Press, { action: 'accept' | 'reject' }>): void {
  const { asked } = turn.state;
  if (asked === null) return;
  note(turn, press.action, asked.payload.infusionId);
  if (press.action === 'accept') accept(turn, asked);
  else withdraw(turn, asked, press.reason);
}

function beginOwn(turn: Turn, { parameters }: Extract<Press, { action: 'begin' }>): void {
  const { boot, ownCount } = turn.state;
  const infusionId = `${turn.build.id}-own-${boot}-${ownCount + 1}`;
  turn.change({ ownCount: ownCount + 1 });
  note(turn, 'begin', infusionId);
  begin(turn, infusionId, parameters);
}

function pressOnRun(turn: Turn, action: OnRun): void {
  const { run } = turn.state;
  if (run === null) return;
  note(turn, action, run.infusionId);
  if (action === 'complete') end(turn, run, 'completed', 'ended at the device');
  else if (action === 'stop') end(turn, run, 'stopped', 'stopped at the device');
  else if (action === 'pause' && run.sinceMs !== null) pause(turn, run);
  else if (action === 'resume' && run.sinceMs === null) resume(turn, run);
}
