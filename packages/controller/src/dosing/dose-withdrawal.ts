import { plainReason } from '@perista/core';
import type { AgentClient } from '../agent-link/agent-client.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { Store } from '../store/store.ts';
import type { RunningDoses } from './running-doses.ts';
import type { Settlement, UnmovedEnd } from './settlement.ts';

/** After standstill was seen, the record follows when the agent's journal has it. */
const RECORD_WAIT_MS = 2_000;

export interface WithdrawalPorts {
  readonly store: Store;
  readonly doses: DoseStore;
  readonly settlement: Settlement;
  readonly running: RunningDoses;
  readonly agent: Pick<AgentClient, 'stopDose'>;
  /** Something may start now, or be missed. */
  readonly wake: () => void;
}

/** Takes orders back: those that wait end at once, those that may move must not start any more and lose their lease. */
export class DoseWithdrawal {
  readonly #ports: WithdrawalPorts;

  constructor(ports: WithdrawalPorts) {
    this.#ports = ports;
  }

  /**
   * Ends one dose; one that moves is told to stop, and its record is awaited for a moment.
   * @throws PeristaError E201 if the agent cannot be told: the dose then ends with its lease
   */
  async cancel(dose: DoseRow, by: string): Promise<void> {
    const told = dose.sent_epoch === null ? null : this.#ports.agent.stopDose(dose.pump_id, dose.dose_id);
    told?.catch(() => {});
    this.withdraw([dose], by, { state: 'cancelled', reason: plainReason('cancelled-by', { who: by }), code: null });
    if (told === null) return;
    await told;
    await this.#ports.running.waitUntilOver(dose.dose_id, RECORD_WAIT_MS);
  }

  /** Whatever runs is not kept alive any more. */
  letAllLapse(): void {
    this.#ports.running.letAllLapse();
  }

  /** Records in one transaction that `open` doses are no longer wanted; whoever calls has told the agent. */
  withdraw(open: readonly DoseRow[], by: string, end: UnmovedEnd): void {
    const { store, doses, settlement, running, wake } = this.#ports;
    for (const dose of open) running.letLapse(dose.dose_id);
    store.transaction(() => {
      for (const dose of open) {
        if (dose.sent_epoch === null) settlement.endUnmoved(dose, end);
        else doses.markStopRequested(dose.dose_id, by);
      }
    });
    wake();
  }
}
