import {
  assert,
  type Cancel,
  type Clock,
  type ErrorCode,
  isPeristaError,
  type Log,
  type Motion,
  type Refusal,
  refusals,
} from '@perista/core';
import { asErrorCode, capFor, directionToWire } from '@perista/protocol/link';
import type { AgentClient, StartOrder } from '../agent-link/agent-client.ts';
import { whyOffline } from '../agent-link/agent-presence.ts';
import { LEASE_MS } from '../agent-link/leases.ts';
import { inBackground } from '../background.ts';
import { type DoseRow, isMeasured, isPrime } from '../ledger/dose-row.ts';
import type { DoseStore, OpenDose } from '../ledger/dose-store.ts';
import { failureFields } from '../log-fields.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { UnitConfigSync } from '../pumps/unit-config-sync.ts';
import { type AdmissionPorts, refuseBlocked, refuseWaiting } from './admission.ts';
import type { Reconciler } from './reconciler.ts';
import type { RunningDoses } from './running-doses.ts';
import type { Settlement } from './settlement.ts';
import { StartWindows } from './start-windows.ts';
import { durationMs, type Round, refuseApart, type Turns, type Wait } from './turns.ts';

/** What could not begin just now is tried again after this. */
const AGAIN_MS = 500;

export interface DispatcherPorts
  extends Pick<AdmissionPorts, 'locks' | 'isStopLatched' | 'chargeClock' | 'containers'> {
  readonly clock: Clock;
  readonly log: Log;
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly settlement: Settlement;
  readonly reconciler: Reconciler;
  readonly running: RunningDoses;
  readonly configSync: UnitConfigSync;
  readonly turns: Pick<Turns, 'look'>;
  /** Why nothing is dosed by plan, or null. */
  readonly whyPlanOff: () => Refusal | null;
  readonly agent: Pick<AgentClient, 'startDose' | 'isReady' | 'epoch' | 'presence'>;
}

/** Why a dose cannot start now; with `wait` it is kept apart from another pump. */
export interface Obstacle {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly wait?: Wait;
}

/**
 * Sends waiting doses to the agent: one at a time in each mutex group, the oldest first, each within its window. The
 * ledger is its queue; nothing is kept here that a restart would miss.
 */
export class DoseDispatcher {
  readonly #ports: DispatcherPorts;
  readonly #windows: StartWindows;
  #cancelAgain: Cancel | null = null;
  #againMs = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
    this.#windows = new StartWindows(ports.clock, () => this.kick());
  }

  /** Looks at what waits: starts what may start and ends what is too late. Call it when anything has changed. */
  kick(): void {
    if (this.#isStopped) return;
    try {
      this.#ports.configSync.sync();
      this.#lookThrough(this.#ports.doses.open());
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.error(failureFields(error), 'waiting doses could not be looked at');
      this.#kickAgain();
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#windows.stop();
    this.#cancelAgain?.();
  }

  #lookThrough(open: readonly OpenDose[]): void {
    this.#windows.keep(new Set(open.map(({ dose_id }) => dose_id)));
    const busy = busyGroups(open);
    const round = this.#ports.turns.look(open);
    for (const dose of open) {
      if (dose.sent_epoch !== null) {
        this.#attend(dose);
        continue;
      }
      const isLetGo = this.#isLetGo(dose);
      const obstacle = isLetGo ? NOT_HELD : this.#obstacle(dose, busy, round);
      if (isLetGo || this.#windows.leftMs(dose) === 0) {
        this.#miss(dose, obstacle);
      } else if (obstacle === null) {
        if (this.#refuseIfUnfit(dose)) continue;
        busy.add(dose.mutex);
        round.add(dose, durationMs(dose));
        this.#send(dose);
      } else if (obstacle.wait !== undefined) {
        round.add(dose, obstacle.wait.leftMs + durationMs(dose));
        this.#kickAgain(Math.max(AGAIN_MS, obstacle.wait.leftMs));
      }
    }
  }

  /** What keeps each waiting dose of `open` from starting now, in their order; null if it is about to start. */
  obstacles(open: readonly OpenDose[]): { readonly dose: OpenDose; readonly obstacle: Obstacle | null }[] {
    const busy = busyGroups(open);
    const round = this.#ports.turns.look(open);
    return open
      .filter(({ sent_epoch }) => sent_epoch === null)
      .map((dose) => {
        const obstacle = this.#obstacle(dose, busy, round);
        if (obstacle === null) busy.add(dose.mutex);
        if (obstacle === null || obstacle.wait !== undefined) {
          round.add(dose, (obstacle?.wait?.leftMs ?? 0) + durationMs(dose));
        }
        return { dose, obstacle };
      });
  }

  /** A restart, of either end, or a lost link: nobody knows whether the button of a prime is still held. */
  #isLetGo(dose: DoseRow): boolean {
    return isPrime(dose) && dose.epoch !== this.#ports.agent.epoch;
  }

  #obstacle(dose: OpenDose, busy: ReadonlySet<string>, round: Round): Obstacle | null {
    const { agent, pumps, configSync, whyPlanOff } = this.#ports;
    const pump = pumps.get(dose.pump_id);
    const blocked = refuseBlocked(this.#ports, pump) ?? (dose.cause === 'schedule' ? whyPlanOff() : null);
    if (blocked !== null) return blocked;
    if (agent.presence.kind === 'lost') return { code: agent.presence.code, sentence: agent.presence.reason };
    if (!agent.isReady) return NOT_READY;
    const offline = whyOffline(agent.presence, dose.pump_id);
    if (offline !== null) {
      this.#kickAgain();
      return { code: asErrorCode(offline.code), sentence: offline.reason };
    }
    const wait = round.waitOf(dose.pump_id);
    const apart = refuseApart(wait);
    if (wait !== null && apart !== null) return { code: apart.code, sentence: apart.sentence, wait };
    if (busy.has(dose.mutex)) return OTHERS_FIRST;
    return configSync.isInForce(pump) ? null : NOT_IN_FORCE;
  }

  #refuseIfUnfit(dose: DoseRow): boolean {
    const refusal = refuseWaiting(this.#ports, dose);
    if (refusal === null) return false;
    this.#ports.settlement.endUnmoved(dose, { state: 'refused', reason: refusal.sentence, code: refusal.code });
    return true;
  }

  #miss(dose: DoseRow, obstacle: Obstacle | null): void {
    const { settlement, clock } = this.#ports;
    const windowMs = (dose.start_before_ms ?? dose.accepted_at_ms) - dose.accepted_at_ms;
    const waitedMs = Math.max(windowMs, clock.wallMs() - dose.accepted_at_ms);
    const over = refusals.windowOver(waitedMs / 1000, windowMs / 1000);
    const why = obstacle?.sentence ?? 'Nothing stood in its way any more when its time was over.';
    const code = obstacle?.wait === undefined ? over.code : obstacle.code;
    settlement.endUnmoved(dose, { state: 'missed', reason: `${over.sentence} ${why}`, code });
  }

  /** That START may be on its way is durable before it is. */
  #send(dose: DoseRow): void {
    const { doses, running, agent, log } = this.#ports;
    doses.markSent(dose.dose_id, agent.epoch);
    running.add(dose);
    inBackground(log, `start dose ${dose.dose_id}`, this.#start(dose));
  }

  /** A dose that may have been sent is somebody's business until it is over. */
  #attend(dose: DoseRow): void {
    const { running, agent, reconciler, log } = this.#ports;
    if (running.has(dose.dose_id) || !agent.isReady) return;
    const asked = reconciler.lookAfter(dose).finally(() => this.#kickAgain());
    inBackground(log, `look after dose ${dose.dose_id}`, asked);
  }

  async #start(dose: DoseRow): Promise<void> {
    const { agent, reconciler } = this.#ports;
    const leftMs = this.#windows.leftMs(dose);
    try {
      const { kind } = await agent.startDose(startOrder(dose, leftMs), leftMs);
      if (kind.case === 'started') reconciler.adopt(dose.dose_id, kind.value);
      else if (kind.case === 'known') reconciler.resolve(dose.dose_id, kind.value, null);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.warn({ ...failureFields(error), doseId: dose.dose_id }, 'START was not carried out');
      await reconciler.onStartFailed(dose, error).finally(() => this.#kickAgain());
    }
  }

  /** Sooner if it was asked for sooner. */
  #kickAgain(inMs = AGAIN_MS): void {
    if (this.#isStopped) return;
    const { clock } = this.#ports;
    const atMs = clock.monotonicMs() + inMs;
    if (atMs >= this.#againMs) return;
    this.#cancelAgain?.();
    this.#againMs = atMs;
    this.#cancelAgain = clock.after(inMs, () => {
      this.#cancelAgain = null;
      this.#againMs = Number.POSITIVE_INFINITY;
      this.kick();
    });
  }
}

const busyGroups = (open: readonly OpenDose[]): Set<string> =>
  new Set(open.filter(({ sent_epoch }) => sent_epoch !== null).map(({ mutex }) => mutex));

const NOT_HELD: Obstacle = { code: 'E434', sentence: 'Nobody knows any more whether its button is held.' };
const NOT_READY: Obstacle = {
  code: 'E201',
  sentence: 'The agent had not yet told what it knows of earlier doses.',
};
const OTHERS_FIRST: Obstacle = { code: 'E436', sentence: 'Other doses of this pump or its group were before it.' };
const NOT_IN_FORCE: Obstacle = {
  code: 'E207',
  sentence: 'The agent had not taken the configuration of this pump.',
};

/**
 * START as the intent has it: volume, motion and calibration are those of the acceptance. The lease of a prime is the
 * hold of its button, which began with the order, and its time is a hard limit.
 */
function startOrder(dose: DoseRow, leftMs: number): StartOrder {
  assert(dose.motion !== null && dose.ml_per_rev !== null, 'a dose that waits has a plan');
  const motion = JSON.parse(dose.motion) as Motion;
  const cap = capFor({ volumeMl: dose.planned_hi_ml, durationMs: motion.durationMs });
  const terms = isPrime(dose)
    ? { leaseMs: leftMs, cap: { ...cap, durationMs: motion.durationMs } }
    : { leaseMs: LEASE_MS, cap };
  return {
    ...terms,
    doseId: dose.dose_id,
    pumpId: dose.pump_id,
    motion: { ...motion, direction: directionToWire(motion.direction) },
    mlPerRev: dose.ml_per_rev,
    isCalibrated: isMeasured(dose),
  };
}
