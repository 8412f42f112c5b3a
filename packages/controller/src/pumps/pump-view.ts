import {
  assert,
  type ChargedVolumes,
  checkCaps,
  type ErrorCode,
  REFUSAL_CODES,
  rateRange,
  refusals,
  remainingMl,
} from '@perista/core';
import type { Dose, Pump, PumpStateName } from '@perista/protocol/api';
import { type AgentPresence, whyOffline } from '../agent-link/agent-presence.ts';
import type { CalibrationReminder } from '../calibration/reminder.ts';
import type { ContainerForecasts } from '../containers/container-forecasts.ts';
import type { ContainerRecord } from '../containers/container-row.ts';
import { daysLeft } from '../containers/container-view.ts';
import { refuseBlocked, refuseDraw } from '../dosing/admission.ts';
import type { RunningDoses } from '../dosing/running-doses.ts';
import { refuseApart } from '../dosing/turns.ts';
import type { ChargeClock } from '../ledger/charge-clock.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import { withOpen } from '../ledger/dose-store.ts';
import { doseView } from '../ledger/dose-view.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { nextDoseView } from './next-dose-view.ts';
import type { PumpFacts, PumpFactsPorts } from './pump-facts.ts';
import { type CalibrationRecord, type PumpRecord, profileOf } from './pump-row.ts';
import type { PumpSensors } from './pump-sensors.ts';
import type { UnitConfigSync } from './unit-config-sync.ts';

export interface PumpViewPorts extends PumpFactsPorts {
  readonly chargeClock: Pick<ChargeClock, 'nowMs'>;
  readonly isStopLatched: () => boolean;
  readonly running: Pick<RunningDoses, 'progress'>;
  readonly agent: { readonly presence: AgentPresence };
  readonly configSync: Pick<UnitConfigSync, 'isHeldUp'>;
  readonly sensors: Pick<PumpSensors, 'of'>;
  readonly emulated: boolean;
  readonly forecasts: Pick<ContainerForecasts, 'of'>;
  readonly reminder: Pick<CalibrationReminder, 'whyDue'>;
}

type BlockedBy = Pump['blocked_by'][number];

/** A pump with all that a person asks about it. */
export function pumpView(ports: PumpViewPorts, facts: PumpFacts, pump: PumpRecord): Pump {
  const { doses, chargeClock, running } = ports;
  const { pumpId } = pump;
  const calibration = facts.calibrations.get(pumpId);
  const profile = profileOf(pump, calibration?.curve ?? null);
  const range = rateRange(profile);
  const open = facts.open.filter(({ pump_id }) => pump_id === pumpId);
  const dosed = doses.dosed(pumpId, chargeClock.nowMs());
  const openMl = open.reduce((ml, { hi_ml }) => ml + hi_ml, 0);
  const charged = withOpen(dosed, openMl);
  const remaining = remainingMl(charged, profile.limits);
  const current = open.find(({ state }) => state !== 'queued');
  const last = doses.lastEnded(pumpId);
  const fault = facts.locks.fault(pumpId);
  const container = facts.containers.get(pump.containerId);
  assert(container !== undefined, 'each pump has a container');
  const next = facts.nextDoses.get(pumpId);
  const nextDose = next === undefined ? null : nextDoseView(next, container, facts.noPlan);
  const blockedBy = obstacles(ports, facts, pump, { calibration, container, charged });
  const view = (row: DoseRow | undefined): Dose | null => (row === undefined ? null : doseView(row, running.progress));
  return {
    id: pumpId,
    name: pump.name,
    emulated: ports.emulated,
    enabled: pump.enabled,
    state: stateOf(ports, pump, {
      open,
      current,
      isFaulty: fault !== undefined,
      isBlocked: blockedBy.some(blocksOrders),
    }),
    blocked_by: blockedBy,
    hardware: pump.hardware,
    mutex_group: pump.mutexGroup,
    limits: pump.limits,
    max_rate_ml_min: pump.maxRateMlPerMin,
    min_dose_ml: pump.minDoseMl,
    rate_range_ml_min:
      range === null
        ? null
        : { slowest: range.slowestMlPerMin, comfortable: range.comfortableMlPerMin, fastest: range.fastestMlPerMin },
    remaining_ml: { hour: remaining.hourMl, day: remaining.dayMl, week: remaining.weekMl },
    dosed_ml: { hour: dosed.hourMl, day: dosed.dayMl, week: dosed.weekMl },
    container: containerView(ports, container),
    calibration: calibration === undefined ? null : calibrationView(ports, calibration),
    current_dose: view(current),
    queued: open.filter(({ state }) => state === 'queued').length,
    last_dose: view(last),
    next_dose_at: nextDose?.at ?? null,
    next_dose: nextDose,
    fault: fault === undefined ? null : { code: fault.code, reason: fault.message },
    sensors: ports.sensors.of(pumpId),
  };
}

const containerView = ({ forecasts }: PumpViewPorts, container: ContainerRecord): Pump['container'] => ({
  id: container.containerId,
  product: container.product,
  capacity_ml: container.capacityMl,
  level_ml: container.levelMl,
  low_ml: container.lowMl,
  empty_ml: container.emptyMl,
  state: container.condition,
  days_left: daysLeft(forecasts.of(container)),
});

const calibrationView = (
  { reminder }: PumpViewPorts,
  calibration: CalibrationRecord,
): NonNullable<Pump['calibration']> => ({
  id: calibration.calibrationId,
  origin: calibration.origin,
  created_at: timestamp(calibration.createdAtMs),
  error_pct: calibration.curve.errorPct,
  points: calibration.curve.points.map(({ rpm, mlPerMin }) => ({ rpm, ml_per_min: mlPerMin })),
  due: reminder.whyDue(calibration.pumpId, calibration.calibrationId),
});

interface ObstacleFacts {
  readonly calibration: CalibrationRecord | undefined;
  readonly container: ContainerRecord;
  readonly charged: ChargedVolumes;
}

/** Why the pump would not dose now, each reason with what to do. */
function obstacles(
  { agent, configSync, isStopLatched }: PumpViewPorts,
  { locks, open, round }: PumpFacts,
  pump: PumpRecord,
  { calibration, container, charged }: ObstacleFacts,
): BlockedBy[] {
  const found: BlockedBy[] = [];
  const add = (refusal: { code: ErrorCode; sentence: string } | null) => {
    if (refusal !== null) found.push({ code: refusal.code, reason: refusal.sentence });
  };
  add(refuseBlocked({ locks, isStopLatched }, pump));
  if (calibration === undefined) add(refusals.notCalibrated());
  const { presence } = agent;
  if (presence.kind === 'lost') {
    found.push({ code: presence.code, reason: presence.reason });
  } else {
    const offline = whyOffline(presence, pump.pumpId);
    if (offline !== null) found.push(offline);
    if (configSync.isHeldUp(pump, open)) {
      found.push({ code: 'E207', reason: 'Its configuration reaches the agent as soon as no dose runs any more.' });
    }
  }
  add(refuseApart(round.waitOf(pump.pumpId)));
  const least = pump.minDoseMl;
  add(checkCaps(least, charged, profileOf(pump, null).limits));
  add(refuseDraw(container, least, 0));
  return found;
}

/** A pump that is kept apart from another takes orders, which wait. */
const blocksOrders = ({ code }: BlockedBy): boolean => code !== REFUSAL_CODES['kept-apart'];

interface StateFacts {
  readonly open: readonly DoseRow[];
  readonly current: DoseRow | undefined;
  readonly isFaulty: boolean;
  readonly isBlocked: boolean;
}

/** What a pump does that turns, where that is not to dose. */
const MOTION_STATES: Partial<Readonly<Record<Dose['cause'], PumpStateName>>> = {
  prime: 'priming',
  calibration: 'calibrating',
};

function stateOf(ports: PumpViewPorts, pump: PumpRecord, facts: StateFacts): PumpStateName {
  if (facts.current?.state === 'running' && ports.agent.presence.kind === 'present') {
    return MOTION_STATES[facts.current.cause] ?? 'running';
  }
  if (facts.isFaulty) return 'fault';
  if (!pump.enabled) return 'disabled';
  if (ports.isStopLatched()) return 'stopped';
  if (facts.isBlocked) return 'blocked';
  return facts.open.length > 0 ? 'queued' : 'idle';
}
