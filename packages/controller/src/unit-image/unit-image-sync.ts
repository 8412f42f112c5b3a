import { type Cancel, type Clock, isPeristaError, type Log } from '@perista/core';
import type { UnitImage } from '@perista/protocol/link';
import type { AgentClient } from '../agent-link/agent-client.ts';
import { inBackground, tolerant } from '../background.ts';
import type { EventBus } from '../events/event-bus.ts';
import { DAY_MS } from '../ledger/durations.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import { failureFields } from '../log-fields.ts';
import type { EventLog } from '../services.ts';
import { channelsOf } from '../weekly-plan/channels.ts';
import { type ContentPorts, channelViews, imageConfig, type Mark } from './image-content.ts';
import type { ImageTakeOver } from './image-take-over.ts';

/** Between two looks, of which one sees midnight; what failed is tried again with it. */
const LOOK_MS = 60_000;
/** So far the mark of time in the image may lie behind while nothing else changes there, s. */
const MARK_LAG_S = 3600;
const S_MS = 1000;
const NO_MARK: Mark = { highWaterMarkS: 0, epoch: 0 };

/** What changes the image: plans and rates, and doses that began or are over. */
const CHANGES: ReadonlySet<string> = new Set([
  'channel_changed',
  'pump_calibrated',
  'pump_created',
  'pump_removed',
  'dose_started',
  'dose_settled',
  'unit_image_confirmed',
]);

export interface UnitImageSyncPorts extends ContentPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: Pick<EventLog, 'append'>;
  readonly timeKeeper: Pick<TimeKeeper, 'highWaterMs'>;
  readonly takeOver: Pick<ImageTakeOver, 'meet' | 'whyOff'>;
  readonly agent: Pick<AgentClient, 'epoch' | 'isReady' | 'getUnitImage' | 'putImageConfig' | 'putDailyView'>;
}

/**
 * Keeps the FRAM image of the dosing unit as the ledger has it: the newest content, whenever something has changed and at
 * the begin of each session with the agent. No dose waits for it; what fails is told and tried again.
 */
export class UnitImageSync {
  readonly #ports: UnitImageSyncPorts;
  /** As the agent told it in this session. */
  #found: UnitImage | null = null;
  /** What the agent has taken in this session, in JSON. */
  #config = '';
  #views = '';
  #mark: Mark = NO_MARK;
  #isDue = false;
  #isRunning = false;
  #isStopped = false;
  #toldFailure = '';
  #toldDamage = '';
  #cancelLook: Cancel = () => {};

  constructor(ports: UnitImageSyncPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#ports.bus.subscribe(this, 'event', ({ kind }) => {
      if (CHANGES.has(kind)) this.sync();
    });
    this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelLook();
    this.#ports.bus.unsubscribeAll(this);
  }

  /** A session with the agent is open, perhaps another agent with another image. */
  onReady(): void {
    this.#found = null;
    this.#forget();
    this.sync();
  }

  /** Something may have changed. */
  sync(): void {
    this.#isDue = true;
    if (this.#isRunning || this.#isStopped) return;
    this.#isRunning = true;
    inBackground(this.#ports.log, 'keep the image of the dosing unit', this.#run());
  }

  #look(): void {
    const wallMs = this.#ports.clock.wallMs();
    const untilMidnightMs = Math.max(1, Math.ceil(DAY_MS - (wallMs % DAY_MS)));
    this.#cancelLook = this.#ports.clock.after(Math.min(LOOK_MS, untilMidnightMs), () => this.#look());
    this.sync();
  }

  async #run(): Promise<void> {
    try {
      while (this.#isDue && !this.#isStopped) {
        this.#isDue = false;
        await this.#bring().catch((error: unknown) => this.#tellFailure(error));
      }
    } finally {
      this.#isRunning = false;
    }
  }

  async #bring(): Promise<void> {
    const { agent, pumps, clock, timeKeeper, takeOver } = this.#ports;
    if (!agent.isReady || channelsOf(pumps).length === 0) return;
    const found = this.#found ?? (await this.#read());
    if (!found.isPresent || takeOver.whyOff !== null) return;
    const config = imageConfig(this.#ports);
    const configText = JSON.stringify(config);
    if (configText !== this.#config) {
      await agent.putImageConfig(config);
      this.#config = configText;
    }
    const channels = channelViews(this.#ports, clock.wallMs(), found);
    const viewsText = JSON.stringify(channels);
    const mark = { highWaterMarkS: Math.floor(timeKeeper.highWaterMs() / S_MS), epoch: agent.epoch };
    if (viewsText !== this.#views || this.#isBehind(mark)) {
      await agent.putDailyView({ channels, mark });
      this.#views = viewsText;
      this.#mark = mark;
    }
    this.#tellRecovery();
  }

  #isBehind({ highWaterMarkS, epoch }: Mark): boolean {
    return epoch !== this.#mark.epoch || highWaterMarkS - this.#mark.highWaterMarkS > MARK_LAG_S;
  }

  /** What the agent holds now is not known. */
  #forget(): void {
    this.#config = '';
    this.#views = '';
    this.#mark = NO_MARK;
  }

  async #read(): Promise<UnitImage> {
    const image = await this.#ports.agent.getUnitImage();
    this.#tellDamage(image);
    if (image.isPresent) this.#ports.takeOver.meet(image);
    this.#found = image;
    return image;
  }

  /** The agent stands for nothing that is damaged. What the ledger has takes its place, and somebody shall look at the chip. */
  #tellDamage({ damaged }: UnitImage): void {
    const text = JSON.stringify(damaged);
    if (damaged.length === 0 || text === this.#toldDamage) return;
    const records = damaged.map(({ name, channel, reason }) => ({ name, channel_id: channel || null, reason }));
    this.#ports.events.append({ kind: 'unit_image_damaged', severity: 'alarm', data: { records } });
    this.#toldDamage = text;
  }

  /** That the agent is away is told by the link itself; the next session begins anew. */
  #tellFailure(error: unknown): void {
    if (!isPeristaError(error)) throw error;
    const { events, log } = this.#ports;
    if (isPeristaError(error, 'E201', 'E202', 'E203')) return;
    log.warn(failureFields(error), 'the image of the dosing unit could not be kept');
    this.#forget();
    const { code, message: reason } = error;
    if (`${code} ${reason}` === this.#toldFailure) return;
    tolerant(log, 'tell of the image', () => {
      events.append({ kind: 'unit_image_failed', severity: 'warning', data: { code, reason } });
      this.#toldFailure = `${code} ${reason}`;
    });
  }

  #tellRecovery(): void {
    if (this.#toldFailure === '') return;
    this.#ports.events.append({ kind: 'unit_image_recovered' });
    this.#toldFailure = '';
  }
}
