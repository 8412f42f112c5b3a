import { isDeepStrictEqual } from 'node:util';
import type { Cancel } from '@perista/core';
import { type EventKind, encodeEnvelope, encodeEvent, FrameKind, type PeerFrames } from '@perista/protocol/link';
import type { AgentContext } from '../agent-context.ts';
import type { DoseProgress } from '../dose-world.ts';
import { agentState } from './agent-state.ts';
import { progressToWire, pumpStateToWire, recordToWire, sensorsToWire } from './to-wire.ts';

const PROGRESS_MS = 500;
const STATE_MS = 1000;
const SENSORS_MS = 5000;
/** Records of ended doses that are sent again in one go; the oldest first. */
const RESENT_AT_ONCE = 64;

/** Tells the controller that opened the newest session what happens. Nobody there: nothing is sent or kept. */
export class EventPublisher {
  readonly #context: AgentContext;
  readonly #frames: PeerFrames;
  readonly #lastStates = new Map<string, ReturnType<typeof pumpStateToWire>>();
  readonly #lastProgress = new Map<string, DoseProgress>();
  readonly #announced = new Set<string>();
  #peer: string | null = null;
  #cancels: Cancel[] = [];

  constructor(context: AgentContext, frames: PeerFrames) {
    this.#context = context;
    this.#frames = frames;
  }

  start(): void {
    this.#every(PROGRESS_MS, () => this.#sendProgress(() => true));
    this.#every(STATE_MS, () => {
      this.#sendState();
      this.#sendEnded(() => true);
    });
    this.#every(SENSORS_MS, () => {
      this.#watchSensors().catch(this.#context.onBroken);
    });
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  /** From now on events go to `peer`, which has just opened the newest session. */
  follow(peer: string): void {
    this.#peer = peer;
    this.#lastStates.clear();
    this.#lastProgress.clear();
    this.#announced.clear();
  }

  /** Something may have changed: sends what is new. */
  publishChanges(): void {
    let changed = false;
    for (const unit of this.#context.units.all) {
      const state = pumpStateToWire(unit);
      if (isDeepStrictEqual(state, this.#lastStates.get(unit.pumpId))) continue;
      this.#lastStates.set(unit.pumpId, state);
      this.#send({ case: 'pumpState', value: state });
      changed = true;
    }
    if (changed) this.#sendState();
    this.#sendProgress(({ pumpId, doseId, deliveredMl }) => {
      const told = this.#lastProgress.get(pumpId);
      return told?.doseId !== doseId || told.deliveredMl !== deliveredMl;
    });
    this.#sendEnded((doseId) => !this.#announced.has(doseId));
  }

  #sendState(): void {
    this.#send({ case: 'agentState', value: agentState(this.#context) });
  }

  #sendProgress(wanted: (dose: DoseProgress) => boolean): void {
    for (const { dose } of this.#context.units.all) {
      const progress = dose?.progress();
      if (progress === undefined || !wanted(progress)) continue;
      this.#lastProgress.set(progress.pumpId, progress);
      this.#send({ case: 'doseProgress', value: progressToWire(progress) });
    }
  }

  #sendEnded(wanted: (doseId: string) => boolean): void {
    const waiting = this.#context.doses.unconfirmed().filter(({ start }) => wanted(start.doseId));
    for (const dose of waiting.slice(0, RESENT_AT_ONCE)) {
      this.#announced.add(dose.start.doseId);
      this.#send({ case: 'doseEnded', value: recordToWire(dose) });
    }
  }

  async #watchSensors(): Promise<void> {
    for (const unit of this.#context.units.all) {
      const sensors = await unit.readSensors();
      if (sensors !== null) this.#send({ case: 'sensorState', value: sensorsToWire(unit.pumpId, sensors) });
    }
  }

  #send(kind: EventKind): void {
    if (this.#peer === null) return;
    const { session, epoch } = this.#context;
    const frame = encodeEnvelope({
      kind: FrameKind.EVENT,
      requestId: '',
      epoch: epoch.highest,
      agentSession: session,
      deadlineMs: 0,
      body: encodeEvent(kind),
    });
    this.#frames.send(this.#peer, frame);
  }

  #every(periodMs: number, work: () => void): void {
    const slot = this.#cancels.length;
    const turn = () => {
      this.#cancels[slot] = this.#context.clock.after(periodMs, turn);
      work();
    };
    this.#cancels.push(this.#context.clock.after(periodMs, turn));
  }
}
