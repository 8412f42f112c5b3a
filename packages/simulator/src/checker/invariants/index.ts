import type { Invariant } from '../invariant.ts';
import { endBeforeAnswer } from './end-before-answer.ts';
import { faultless } from './faultless.ts';
import { heldUntilSeen } from './held-until-seen.ts';
import { rollingCaps } from './i01-rolling-caps.ts';
import { singleCap } from './i02-single-cap.ts';
import { oneMotion } from './i03-one-motion.ts';
import { knownRange } from './i04-known-range.ts';
import { chargedBudget } from './i05-charged-budget.ts';
import { oneOfAGroup } from './i06-one-of-a-group.ts';
import { recordsBeforeMotion } from './i07-records-before-motion.ts';
import { eachOccurrenceOnce } from './i08-each-occurrence-once.ts';
import { eachSlotOnce } from './i08-each-slot-once.ts';
import { occurrenceWindow } from './i09-occurrence-window.ts';
import { slotWindow } from './i09-slot-window.ts';
import { startBefore } from './i09-start-before.ts';
import { acknowledged } from './i10-acknowledged.ts';
import { mqttIsAnswered } from './i10-mqtt-answers.ts';
import { refusedIsStill } from './i11-refused-is-still.ts';
import { stoppedIsStopped } from './i12-stopped-is-stopped.ts';
import { leaseEnds } from './i13-lease.ts';
import { deadAgent } from './i14-dead-agent.ts';
import { relayCut } from './i14-relay-cut.ts';
import { newEpoch } from './i15-new-epoch.ts';
import { boundedWidth } from './i16-bounded-width.ts';
import { relayWidth } from './i16-relay-width.ts';
import { intendedConfig } from './i17-intended-config.ts';
import { occurrenceVolume } from './i17-occurrence-volume.ts';
import { slotVolume } from './i17-slot-volume.ts';
import { eventLog } from './i19-event-log.ts';
import { sinksAreTold } from './i19-sinks.ts';
import { highWater } from './i20-high-water.ts';
import { noSecret } from './i22-no-secret.ts';
import { knownAfterCrash } from './known-after-crash.ts';
import { liveness } from './liveness.ts';
import { noBug } from './no-bug.ts';
import { oneDoseAKey } from './one-dose-a-key.ts';
import { mqttOrdersOnce } from './p01-mqtt-orders.ts';
import { trustedTime } from './p20-trusted-time.ts';

/** The rules that hold in every world. */
export const INVARIANTS: readonly Invariant[] = [
  rollingCaps,
  singleCap,
  oneMotion,
  knownRange,
  chargedBudget,
  oneOfAGroup,
  recordsBeforeMotion,
  eachSlotOnce,
  eachOccurrenceOnce,
  startBefore,
  slotWindow,
  occurrenceWindow,
  acknowledged,
  mqttIsAnswered,
  refusedIsStill,
  stoppedIsStopped,
  leaseEnds,
  deadAgent,
  relayCut,
  newEpoch,
  boundedWidth,
  relayWidth,
  intendedConfig,
  slotVolume,
  occurrenceVolume,
  eventLog,
  sinksAreTold,
  highWater,
  noSecret,
  oneDoseAKey,
  mqttOrdersOnce,
  trustedTime,
  endBeforeAnswer,
  heldUntilSeen,
  knownAfterCrash,
  liveness,
  noBug,
];

/** And those of a world in which nothing goes wrong. */
export const FAULTLESS_INVARIANTS: readonly Invariant[] = [...INVARIANTS, faultless];
