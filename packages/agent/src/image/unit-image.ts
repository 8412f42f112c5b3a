import { type Clock, isPeristaError, PeristaError, sleep } from '@perista/core';
import {
  type ChannelConfig,
  type DailyVolume,
  FRAM_MAP,
  type FramStorage,
  openFramImage,
  type SystemConfig,
  type UnitMark,
} from '@perista/drivers';
import { type Held, ImageRecord } from './image-record.ts';

/** A bus is used from this thread: between two records a relay that is on must be renewed. */
const BETWEEN_RECORDS_MS = 1;

/** The part of a channel's record that its plan decides; the rest is its view. */
type ViewField = 'lastDoseTimestamps' | 'dosesCompletedToday' | 'currentUtcDay';
export type ChannelPlanRecord = Omit<ChannelConfig, ViewField>;

/** What a channel did today, over both of its records. */
export type ChannelView = Pick<ChannelConfig, ViewField> & DailyVolume;

export const NO_VIEW: Pick<ChannelConfig, ViewField> = {
  lastDoseTimestamps: [0, 0],
  dosesCompletedToday: 0,
  currentUtcDay: 0,
};

export interface NamedRecord<T> {
  readonly name: string;
  readonly held: Held<T>;
}

/** All records of an image; channels from 1 on. */
export interface ImageContent {
  readonly system: NamedRecord<SystemConfig>;
  readonly channels: readonly NamedRecord<ChannelConfig>[];
  readonly dailyVolumes: readonly NamedRecord<DailyVolume>[];
  readonly mark: NamedRecord<UnitMark>;
}

interface OpenImage {
  readonly storage: FramStorage;
  readonly system: ImageRecord<SystemConfig>;
  readonly channels: readonly ImageRecord<ChannelConfig>[];
  readonly dailyVolumes: readonly ImageRecord<DailyVolume>[];
  readonly mark: ImageRecord<UnitMark>;
}

/**
 * The FRAM image of the dosing unit. It is opened when it is first asked for, and anew after a failure, for nothing that
 * doses depends on it. Methods follow each other and reject with PeristaError E307 or E308.
 */
export class UnitImage {
  readonly #clock: Clock;
  readonly #open: () => Promise<FramStorage>;
  #image: OpenImage | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: { clock: Clock; open: () => Promise<FramStorage> }) {
    this.#clock = ports.clock;
    this.#open = ports.open;
  }

  read(): Promise<ImageContent> {
    return this.#inTurn(async ({ system, channels, dailyVolumes, mark }) => ({
      system: named(system),
      channels: channels.map(named),
      dailyVolumes: dailyVolumes.map(named),
      mark: named(mark),
    }));
  }

  /** Views stay as they are. What is damaged is replaced. */
  putConfig(config: { system: SystemConfig; channels: readonly ChannelPlanRecord[] }): Promise<void> {
    return this.#inTurn(async ({ system, channels }) => {
      await this.#save(system, config.system);
      for (const [index, plan] of config.channels.entries()) {
        const record = at(channels, index);
        await this.#save(record, { ...(record.held.kind === 'kept' ? record.held.value : NO_VIEW), ...plan });
      }
    });
  }

  /** @throws PeristaError E406 for a channel whose plan was never put */
  putViews(views: readonly ChannelView[], newMark: UnitMark): Promise<void> {
    return this.#inTurn(async ({ channels, dailyVolumes, mark }) => {
      const plans = views.map((_, index) => {
        const { held, name } = at(channels, index);
        if (held.kind === 'kept') return held.value;
        throw new PeristaError('E406', `${name} is ${held.kind}: put the configuration of the unit first`);
      });
      for (const [index, { volumeMl, lastResetUtcDay, ...view }] of views.entries()) {
        await this.#save(at(channels, index), { ...at(plans, index), ...view });
        await this.#save(at(dailyVolumes, index), { volumeMl, lastResetUtcDay });
      }
      await this.#save(mark, newMark);
    });
  }

  close(): Promise<void> {
    const closed = this.#last.then(() => this.#drop());
    this.#last = closed;
    return closed;
  }

  #inTurn<R>(work: (image: OpenImage) => Promise<R>): Promise<R> {
    const done = this.#last.then(async () => {
      try {
        this.#image ??= await this.#load();
        return await work(this.#image);
      } catch (thrown) {
        // What a failed save left is not known: all is read again when it is next needed.
        if (isPeristaError(thrown, 'E307', 'E308')) await this.#drop();
        throw thrown;
      }
    });
    this.#last = done.catch(() => {});
    return done;
  }

  async #load(): Promise<OpenImage> {
    const storage = await this.#open();
    try {
      const cells = await openFramImage(storage);
      const image: OpenImage = {
        storage,
        system: new ImageRecord(FRAM_MAP.system, cells.system),
        channels: cells.channels.map((cell, index) => new ImageRecord(at(FRAM_MAP.channels, index), cell)),
        dailyVolumes: cells.dailyVolumes.map((cell, index) => new ImageRecord(at(FRAM_MAP.dailyVolumes, index), cell)),
        mark: new ImageRecord(FRAM_MAP.mark, cells.mark),
      };
      for (const record of [image.system, ...image.channels, ...image.dailyVolumes, image.mark]) {
        await record.load();
        await sleep(this.#clock, BETWEEN_RECORDS_MS);
      }
      return image;
    } catch (thrown) {
      await storage.close();
      throw thrown;
    }
  }

  async #save<T>(record: ImageRecord<T>, value: T): Promise<void> {
    await record.save(value);
    await sleep(this.#clock, BETWEEN_RECORDS_MS);
  }

  async #drop(): Promise<void> {
    const image = this.#image;
    this.#image = null;
    await image?.storage.close();
  }
}

const named = <T>({ name, held }: ImageRecord<T>): NamedRecord<T> => ({ name, held });

function at<T>(row: readonly T[], index: number): T {
  const found = row[index];
  if (found === undefined) throw new RangeError(`an image has no channel ${index + 1}`);
  return found;
}
