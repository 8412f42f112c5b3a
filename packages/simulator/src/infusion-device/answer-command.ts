import { type CommandMessage, type CommandName, whyExpired } from '@perista/protocol/fleet';
import type { Run } from './device-state.ts';
import { end, over, pause, resume } from './infusion-run.ts';
import { decline, haltingAlarm, whyNotAsk, withdraw } from './start-request.ts';
import { ackBody, type Turn } from './turn.ts';

type Decision =
  | { readonly kind: 'refused'; readonly reason: string }
  /** A person decides. */
  | { readonly kind: 'asks' }
  | { readonly kind: 'obeys'; readonly act: () => void };

const refused = (reason: string): Decision => ({ kind: 'refused', reason });
const obeys = (act: () => void): Decision => ({ kind: 'obeys', act });

const DECISIONS: Readonly<Record<CommandName, (turn: Turn, message: CommandMessage) => Decision>> = {
  START_INFUSION(turn, message) {
    const reason = whyNotAsk(turn, message);
    return reason === null ? { kind: 'asks' } : refused(reason);
  },
  STOP_INFUSION(turn, { payload: { infusionId } }) {
    const { run, asked } = turn.state;
    if (run !== null && isMeant(run, infusionId))
      return obeys(() => void end(turn, run, 'stopped', 'stopped from afar'));
    if (asked !== null && (infusionId == null || asked.payload.infusionId === infusionId))
      return obeys(() => withdraw(turn, asked, 'stopped before it was accepted'));
    return obeys(() => {
      // A START of it that comes later, on whatever way, must not begin it.
      if (infusionId != null) over(turn, infusionId);
      turn.tellStatus();
    });
  },
  PAUSE_INFUSION: onRun((turn, run) => obeys(() => run.sinceMs !== null && pause(turn, run))),
  RESUME_INFUSION: onRun((turn, run) => {
    const halting = haltingAlarm(turn);
    return halting === null ? obeys(() => run.sinceMs === null && resume(turn, run)) : refused(halting);
  }),
  CANCEL: decideCancel,
  GET_STATE: (turn) => obeys(() => turn.tellStatus()),
  BACKFILL(turn, { payload: { boot = turn.state.boot, fromSeq, toSeq } }) {
    if (fromSeq === undefined || toSeq === undefined) return refused('payload.fromSeq and payload.toSeq are missing');
    return obeys(() => turn.do({ kind: 'tell-again', boot, fromSeq, toSeq }));
  },
};

/** Questions: they are answered at once, without a word on how it comes about. */
const QUESTIONS: ReadonlySet<CommandName> = new Set(['GET_STATE', 'BACKFILL']);

/** Carries it out, or says why not. The same id again gives the same answer, and nothing happens. */
export function answerCommand(turn: Turn, message: CommandMessage) {
  const { commandId, command, payload } = message;
  if (repeatAnswer(turn, commandId)) return;
  const expiry = whyExpired(message, turn.moment);
  if (expiry !== null) return refuse(turn, message, expiry);
  // Forgotten at once: the same STOP again may find it better behaved.
  if (command === 'STOP_INFUSION' && turn.quirks.ignoresStop) return turn.tell('ack', { commandId, stage: 'accepted' });
  turn.acknowledge(commandId, 'received', { infusionId: payload.infusionId ?? undefined });
  const decision = DECISIONS[command](turn, message);
  switch (decision.kind) {
    case 'refused':
      return refuse(turn, message, decision.reason);
    case 'asks':
      turn.change({ asked: message });
      return turn.do({ kind: 'ask', message });
    case 'obeys': {
      const isQuestion = QUESTIONS.has(command);
      if (!isQuestion) turn.acknowledge(commandId, 'accepted');
      if (!isQuestion) turn.acknowledge(commandId, 'executing');
      decision.act();
      turn.acknowledge(commandId, 'done');
    }
  }
}

/** One that cannot be read or must not be obeyed. */
export function answerGarbled(turn: Turn, commandId: string, reason: string): void {
  if (!repeatAnswer(turn, commandId)) turn.acknowledge(commandId, 'rejected', { reason });
}

function repeatAnswer(turn: Turn, commandId: string): boolean {
  const before = turn.answerOf(commandId);
  if (before === undefined) return false;
  turn.tell('ack', ackBody(before));
  if (before.confirmation !== undefined) turn.tell('infusion', before.confirmation);
  return true;
}

function refuse(turn: Turn, message: CommandMessage, reason: string): void {
  if (message.command === 'START_INFUSION') decline(turn, message, reason);
  else turn.acknowledge(message.commandId, 'rejected', { reason });
}

const isMeant = ({ infusionId: active }: Run, infusionId: string | null | undefined): boolean =>
  infusionId == null || infusionId === active;

/** Of a command that only means something while its infusion is under way. */
function onRun(decide: (turn: Turn, run: Run) => Decision): (turn: Turn, message: CommandMessage) => Decision {
  return (turn, { payload: { infusionId } }) => {
    const { run } = turn.state;
    if (run === null) return refused('no infusion is under way');
    return isMeant(run, infusionId)
      ? decide(turn, run)
      : refused(`infusion ${infusionId} is not under way, but ${run.infusionId}`);
  };
}

function decideCancel(turn: Turn, { payload: { commandId, infusionId } }: CommandMessage): Decision {
  const { asked, run } = turn.state;
  const isIt = (id: string, itsInfusion: string | null | undefined) =>
    commandId === id || (infusionId != null && infusionId === itsInfusion);
  if (asked !== null && isIt(asked.commandId, asked.payload.infusionId))
    return obeys(() => withdraw(turn, asked, 'cancelled'));
  const known = commandId === undefined ? undefined : turn.answerOf(commandId);
  const itsInfusion = known?.infusionId ?? infusionId;
  if (run !== null && itsInfusion === run.infusionId) return refused(`infusion ${run.infusionId} is under way already`);
  return obeys(() => {
    // It may still be on its way.
    if (commandId !== undefined && known === undefined)
      turn.acknowledge(commandId, 'rejected', { reason: 'cancelled' });
    if (infusionId != null) over(turn, infusionId);
  });
}
