import type { Chronicle } from '../checker/chronicle.ts';
import { isDenied } from '../checker/ledger-dose.ts';
import { waitingFor } from '../checker/sink-reader.ts';
import type { MqttUsers } from '../outside/mqtt-users.ts';
import { NOBODY_OUTSIDE } from '../outside/outside-plan.ts';
import { untrueState } from '../outside/retained-states.ts';
import type { AgentRun } from './agent-run.ts';
import type { ControllerRun } from './controller-run.ts';
import type { Surroundings } from './surroundings.ts';

/** To ask whether what the broker retains is true costs a look at each pump: what was not is asked again after so long. */
const UNTRUE_AGAIN_MS = 500;

interface RestlessUnit extends Pick<Surroundings, 'clock' | 'plan' | 'ledger' | 'mqttUsers'> {
  readonly agent: AgentRun | null;
  readonly controller: ControllerRun | null;
  readonly chronicle: Chronicle;
}

/** Whether a unit has come to rest. */
export class Unrest {
  readonly #unit: RestlessUnit;
  #untrue: { readonly why: string; readonly atMs: number } | null = null;

  constructor(unit: RestlessUnit) {
    this.#unit = unit;
  }

  /** What is open or under way, in words, or null. */
  why(): string | null {
    const { agent, controller, chronicle } = this.#unit;
    if (agent === null || agent.life.isOver || !agent.isReady) return 'the agent is not up';
    if (controller === null || controller.life.isOver || !controller.isReady) return 'the controller is not up';
    if (!controller.isLinked()) return 'controller and agent have no session';
    return openDose(chronicle) ?? turningPump(chronicle) ?? chronicle.undecided() ?? this.#untold(controller);
  }

  /** What others were not told yet. */
  #untold(controller: ControllerRun): string | null {
    const { plan, mqttUsers, chronicle, clock, ledger } = this.#unit;
    if (plan.outside === NOBODY_OUTSIDE) return null;
    if (mqttUsers?.broker.isBusy === true) return 'messages over MQTT are on their way';
    if (chronicle.answers.count > 0) return `${chronicle.answers.count} answers over MQTT are owed`;
    if (!controller.isBridged()) return 'the unit is not connected to the MQTT broker';
    const waiting = ledger.look((store) => waitingFor(store, clock.wallMs()));
    return waiting ?? (mqttUsers === null ? null : this.#untrueState(mqttUsers, controller));
  }

  #untrueState({ broker }: MqttUsers, controller: ControllerRun): string | null {
    const { clock, chronicle } = this.#unit;
    const nowMs = clock.monotonicMs();
    if (this.#untrue !== null && nowMs < this.#untrue.atMs + UNTRUE_AGAIN_MS) return this.#untrue.why;
    const why = untrueState(broker.retained, controller.statuses(chronicle.pumps.keys()));
    this.#untrue = why === null ? null : { why, atMs: nowMs };
    return why;
  }
}

function openDose(chronicle: Chronicle): string | null {
  const [open] = chronicle.open;
  if (open !== undefined) return `dose ${open} is ${chronicle.find(open)?.row?.state}`;
  for (const dose of chronicle.lastStarted.values()) {
    const { doseId, row, end, widestChunk, isRecordLost } = dose;
    const isForgotten = isRecordLost && row === null;
    const isSettled = row !== null && row.ended_at_ms !== null && (isRecordLost || !isDenied(dose, row));
    const isOver = end !== null || isForgotten || isSettled;
    if (!isOver && widestChunk > 0) return `dose ${doseId} has no END`;
    // The ledger may be an old copy: its controller asks the agent for the rest once it has seen that this came back.
    if (end !== null && row === null && !isRecordLost) return `dose ${doseId} is not in the ledger yet`;
  }
  return null;
}

function turningPump({ pumps }: Chronicle): string | null {
  for (const { pumpId, isMoving } of pumps.values()) if (isMoving()) return `pump ${pumpId} turns`;
  return null;
}
