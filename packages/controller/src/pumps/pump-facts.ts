import type { BlockedBy } from '@perista/protocol/api';
import type { ContainerRecord } from '../containers/container-row.ts';
import type { ContainerStore } from '../containers/container-store.ts';
import type { Round, Turns } from '../dosing/turns.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { NextDoses } from '../planning/next-doses.ts';
import type { PlannedDose } from '../planning/planned-doses.ts';
import { type PlanPorts, whyNoPlan } from './next-dose-view.ts';
import type { PumpLocks } from './pump-locks.ts';
import type { CalibrationRecord, PumpRecord } from './pump-row.ts';
import type { PumpStore } from './pump-store.ts';

export interface PumpFactsPorts extends PlanPorts {
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly containers: ContainerStore;
  readonly locks: PumpLocks;
  readonly turns: Pick<Turns, 'behind'>;
  readonly nextDoses: Pick<NextDoses, 'of'>;
}

/** What is read once for all pumps that are shown together. */
export interface PumpFacts {
  /** Of the whole unit, in the order of their acceptance. */
  readonly open: readonly DoseRow[];
  /** Those in use, by pump. */
  readonly calibrations: ReadonlyMap<string, CalibrationRecord>;
  readonly containers: ReadonlyMap<string, ContainerRecord>;
  readonly locks: Pick<PumpLocks, 'fault' | 'heldBy'>;
  readonly round: Pick<Round, 'waitOf'>;
  /** By pump, where something is planned. */
  readonly nextDoses: ReadonlyMap<string, PlannedDose>;
  /** Why none of them would be given now, or null. */
  readonly noPlan: BlockedBy | null;
}

export function pumpFacts(ports: PumpFactsPorts, shown: readonly PumpRecord[]): PumpFacts {
  const { doses, pumps, containers, locks, turns } = ports;
  const open = doses.open();
  const nextDoses = new Map(
    shown.flatMap((pump) => {
      const next = ports.nextDoses.of(pump);
      return next === null ? [] : [[pump.pumpId, next] as const];
    }),
  );
  return {
    open,
    calibrations: pumps.activeCalibrations(shown.map(({ pumpId }) => pumpId)),
    containers: containers.byId(shown.map(({ containerId }) => containerId)),
    locks: locks.snapshot(),
    round: turns.behind(open),
    nextDoses,
    noPlan: nextDoses.size === 0 ? null : whyNoPlan(ports),
  };
}
