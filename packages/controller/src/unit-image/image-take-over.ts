import { isPeristaError, PeristaError, type Refusal, refusals } from '@perista/core';
import type { ChannelConfig, UnitImage } from '@perista/protocol/link';
import type { Facts } from '../ledger/facts.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Actor, EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { ChannelCalibration } from '../weekly-plan/channel-calibration.ts';
import { dosingRate } from '../weekly-plan/channel-config.ts';
import { patchChannel } from '../weekly-plan/channel-patch.ts';
import type { ChannelPlanStore } from '../weekly-plan/channel-plan-store.ts';
import { channelsOf } from '../weekly-plan/channels.ts';

export interface ImageTakeOverPorts {
  readonly store: Store;
  readonly timeKeeper: Pick<TimeKeeper, 'latestMs' | 'raiseTo'>;
  readonly facts: Facts;
  readonly pumps: PumpStore;
  readonly plans: ChannelPlanStore;
  readonly calibration: Pick<ChannelCalibration, 'enter'>;
  readonly events: Pick<EventLog, 'append'>;
  /** What waits may start now. */
  readonly wake: () => void;
}

interface TakenChannel {
  readonly channelId: number;
  readonly config: ChannelConfig;
}

const S_MS = 1000;
const IMAGE: Actor = { name: 'unit-image', role: 'operator' };

/**
 * Brings plans and rates back from the image of the dosing unit when the database that had them is lost, or when an image
 * was imported. Who knows how old it is? So nothing is dosed by plan until a person confirms it.
 */
export class ImageTakeOver {
  readonly #ports: ImageTakeOverPorts;

  constructor(ports: ImageTakeOverPorts) {
    this.#ports = ports;
  }

  /** Why nothing is dosed by plan, or null. Until then the image is not written either. */
  get whyOff(): Refusal | null {
    const ownership = this.#ports.facts.read('unit_image');
    return ownership === 'unconfirmed' || ownership === 'imported' ? refusals.unconfirmed() : null;
  }

  /** Decides once for each database, at the first image that it meets. */
  meet(image: UnitImage): void {
    const { store, facts, plans, timeKeeper } = this.#ports;
    const ownership = facts.read('unit_image');
    // A lost or older database does not know how late it was; an image from elsewhere knows nothing of this unit.
    if (ownership !== 'imported') timeKeeper.raiseTo((image.mark?.highWaterMarkS ?? 0) * S_MS);
    if (ownership === 'ours' || ownership === 'unconfirmed') return;
    store.transaction(() => {
      const isWanted = ownership === 'imported' || (!plans.hasAny() && this.#hasWhatIsLost(image));
      if (isWanted) this.#takeOver(image, ownership === 'imported');
      facts.write('unit_image', isWanted ? 'unconfirmed' : 'ours');
    });
  }

  /** Slots fall due again. @throws PeristaError E406 if nothing waits for it */
  confirm(actor: Actor): void {
    const { store, facts, events, wake } = this.#ports;
    if (this.whyOff === null) throw new PeristaError('E406', 'No plan waits to be confirmed');
    store.transaction(() => {
      facts.write('unit_image', 'ours');
      events.append({ kind: 'unit_image_confirmed', actor: actor.name });
    });
    wake();
  }

  /** A unit that nobody has planned yet has rates too: those that its database has are not lost. */
  #hasWhatIsLost(image: UnitImage): boolean {
    if (image.damaged.some(({ channel, name }) => channel > 0 && name.startsWith('ChannelConfig'))) return true;
    return channelsIn(image).some(({ channelId, config }) => isPlanned(config) || this.#isOtherRate(channelId, config));
  }

  #isOtherRate(channelId: number, { dosingRateMlPerS }: ChannelConfig): boolean {
    return dosingRateMlPerS > 0 && Math.fround(dosingRateMlPerS) !== Math.fround(this.#rateOf(channelId));
  }

  #rateOf(channelId: number): number {
    const { pumps } = this.#ports;
    const channel = channelsOf(pumps).find(({ id }) => id === channelId);
    return channel === undefined ? 0 : dosingRate(pumps.activeCalibration(channel.pump.pumpId));
  }

  /** What a pump may not give any more stays behind, with the reason. */
  #takeOver(image: UnitImage, isImported: boolean): void {
    const channels = channelsIn(image).filter(
      ({ channelId, config }) => isImported || isPlanned(config) || this.#isOtherRate(channelId, config),
    );
    const outcomes = channels.map((taken) => ({ ...shown(taken), reason: this.#take(taken) }));
    const data = {
      channels: outcomes.filter(({ reason }) => reason === null).map(({ reason: _, ...channel }) => channel),
      left_behind: outcomes.filter(({ reason }) => reason !== null),
      channel_count: image.system?.channelCount ?? null,
      damaged: image.damaged.map(({ name }) => name),
    };
    this.#ports.events.append({ kind: 'unit_image_taken_over', severity: 'alarm', actor: IMAGE.name, data });
  }

  /** Null, or why not. */
  #take({ channelId, config }: TakenChannel): string | null {
    const { pumps, plans, calibration, timeKeeper } = this.#ports;
    const channel = channelsOf(pumps).find(({ id }) => id === channelId);
    if (channel === undefined) return 'No pump is behind this relay.';
    const { pumpId } = channel.pump;
    const patch = {
      id: channelId,
      enabled: config.enabled,
      weekly_schedule: config.weeklySchedule,
      daily_schedule: config.dailySchedule === 2 ? (2 as const) : (1 as const),
      weekly_dosing_value: config.weeklyDosingValueMl,
      ...(config.dosingRateMlPerS > 0 && { dosing_rate: config.dosingRateMlPerS }),
    };
    try {
      const { plan } = patchChannel(patch, { plan: plans.of(pumpId), rate: this.#rateOf(channelId) }, channel.pump);
      if (this.#isOtherRate(channelId, config)) calibration.enter(channel, config.dosingRateMlPerS, IMAGE);
      plans.save(pumpId, { ...plan, decidedUntilMs: timeKeeper.latestMs() });
      return null;
    } catch (error) {
      if (!isPeristaError(error, 'E402', 'E422', 'E423', 'E424', 'E425', 'E426')) throw error;
      return error.message;
    }
  }
}

const isPlanned = ({ enabled, weeklyDosingValueMl }: ChannelConfig): boolean => enabled || weeklyDosingValueMl > 0;

const channelsIn = ({ channels }: UnitImage): TakenChannel[] =>
  channels.flatMap(({ config }, index) => (config === undefined ? [] : [{ channelId: index + 1, config }]));

const shown = ({ channelId, config }: TakenChannel) => ({
  channel_id: channelId,
  enabled: config.enabled,
  weekly_schedule: config.weeklySchedule,
  daily_schedule: config.dailySchedule,
  weekly_dosing_value: config.weeklyDosingValueMl,
  dosing_rate: config.dosingRateMlPerS,
});
