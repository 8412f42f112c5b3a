import { PeristaError } from '@perista/core';
import { type NewPump, type PumpHardware, RELAY_GROUP } from '@perista/protocol/api';
import type { ContainerBook } from '../containers/container-book.ts';
import type { ContainerStore } from '../containers/container-store.ts';
import type { PumpRecord } from './pump-row.ts';
import type { PumpStore } from './pump-store.ts';

/** Twice what a roller takes back as it lifts off a 0.18 ml/rev head: a smaller dose is mostly that. */
const DEFAULT_MIN_DOSE_ML = 0.02;
const DEFAULT_CONTAINER_ML = 5_000;

export interface NewPumpPorts {
  readonly pumps: PumpStore;
  readonly containers: ContainerStore;
  readonly book: Pick<ContainerBook, 'open'>;
}

/**
 * Enters a pump with the container that it shall draw from, or with a full one of its own; joins the caller's transaction.
 * @throws PeristaError E402 for what contradicts itself, E404 for a container that is not there
 */
export function enterPump(ports: NewPumpPorts, input: NewPump, actor: string, nowMs: number): PumpRecord {
  const { pumps, containers, book } = ports;
  const pump = newPump(input);
  if (input.container_id === undefined) {
    const capacityMl = input.container_ml ?? DEFAULT_CONTAINER_ML;
    const containerId = freeContainerId(containers, pump.pumpId);
    book.open({ containerId, product: pump.name, capacityMl, levelMl: capacityMl }, actor, nowMs);
    pumps.insert({ ...pump, containerId }, nowMs);
    return { ...pump, containerId };
  }
  if (input.container_ml !== undefined) {
    throw new PeristaError('E402', 'container_ml must not stand beside container_id: that container has its capacity');
  }
  containers.get(input.container_id);
  pumps.insert(pump, nowMs);
  return pump;
}

/** A pump as it was asked for, with what was left out filled in. @throws PeristaError E402 */
export const newPump = (input: NewPump): PumpRecord => ({
  pumpId: input.id,
  name: input.name ?? input.id,
  enabled: true,
  hardware: input.hardware,
  mutexGroup: groupOf(input.hardware, input.mutex_group),
  limits: input.limits,
  maxRateMlPerMin: input.max_rate_ml_min,
  minDoseMl: input.min_dose_ml ?? DEFAULT_MIN_DOSE_ML,
  containerId: input.container_id ?? input.id,
});

/** At most one relay is on: their pumps are in one group, and in no other. @throws PeristaError E402 */
export function groupOf(hardware: PumpHardware, wanted: string | null | undefined): string | null {
  if (hardware.kind !== 'relay') return wanted ?? null;
  if (wanted === undefined || wanted === RELAY_GROUP) return RELAY_GROUP;
  throw new PeristaError(
    'E402',
    `mutex_group of a pump behind a relay must be "${RELAY_GROUP}", for only one relay may be on; it is ${JSON.stringify(wanted)}`,
  );
}

/** The pump's own id, unless somebody has called another container so. */
function freeContainerId(containers: ContainerStore, pumpId: string): string {
  if (!containers.wasUsed(pumpId)) return pumpId;
  throw new PeristaError(
    'E406',
    `A container "${pumpId}" exists or existed; say with container_id which one the pump draws from`,
  );
}
