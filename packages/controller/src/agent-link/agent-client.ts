import type {
  QueryReply,
  RecallReply,
  RequestKind,
  StartDoseReply,
  StopReply,
  UnitImage,
} from '@perista/protocol/link';
import type { DailyViews, ImageConfig } from '../unit-image/image-content.ts';
import { AgentLink, type AgentLinkPorts, type AgentListener } from './agent-link.ts';
import type { AgentPresence } from './agent-presence.ts';

const ANSWER_TIMEOUT_MS = 2_000;

/** START is answered once motion began: the board was read and the journal written. */
const START_TTL_MS = 2_000;
const START_TIMEOUT_MS = 5_000;

/** A new configuration is answered once its boards are safe. */
const CONFIG_TIMEOUT_MS = 10_000;

/** A file that is flushed record by record, or a bus at 100 kHz; the link is not given up for it. */
const IMAGE_TIMEOUT_MS = 30_000;

/** Stops are answered once standstill was seen. */
const STOP_TIMEOUT_MS = 5_000;

/** The order part of START; its deadline is added here. */
export type StartOrder = Omit<Extract<RequestKind, { case: 'startDose' }>['value'], '$typeName' | '$unknown'> & {
  readonly leaseMs: number;
};

/** All that the controller asks of the agent. Methods reject with what {@link AgentLink.ask} throws. */
export class AgentClient {
  readonly #link: AgentLink;

  constructor(ports: AgentLinkPorts) {
    this.#link = new AgentLink(ports);
  }

  get counters(): AgentLink['counters'] {
    return this.#link.counters;
  }

  get presence(): AgentPresence {
    return this.#link.presence;
  }

  get epoch(): number {
    return this.#link.epoch;
  }

  get isReady(): boolean {
    return this.#link.isReady;
  }

  start(listener: AgentListener): void {
    this.#link.start(listener);
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  /** `limitMs` bounds how long from now the agent may begin; it begins within two seconds or not at all. */
  startDose(order: StartOrder, limitMs: number): Promise<StartDoseReply> {
    const kind: RequestKind = { case: 'startDose', value: order };
    return this.#link.ask(kind, 'startDose', START_TIMEOUT_MS, Math.min(START_TTL_MS, limitMs));
  }

  query(doseId: string): Promise<QueryReply> {
    // A dose that is just beginning is told of when its beginning is.
    return this.#link.ask({ case: 'query', value: { doseId } }, 'query', START_TIMEOUT_MS);
  }

  /** A page of the doses that ended in the last `withinMs`, and of those that nobody has settled, as the agent remembers them. */
  recall(page: { withinMs: number; after: string; limit: number }): Promise<RecallReply> {
    return this.#link.ask({ case: 'recall', value: page }, 'recall', ANSWER_TIMEOUT_MS);
  }

  async confirm(doseId: string): Promise<void> {
    await this.#link.ask({ case: 'confirm', value: { doseIds: [doseId] } }, 'done', ANSWER_TIMEOUT_MS);
  }

  async beat(doseIds: readonly string[], leaseMs: number): Promise<void> {
    await this.#link.ask(
      { case: 'beat', value: { doseIds: [...doseIds], leaseMs } },
      'done',
      ANSWER_TIMEOUT_MS,
      leaseMs,
    );
  }

  async putUnitConfig(config: Extract<RequestKind, { case: 'putUnitConfig' }>['value']): Promise<void> {
    await this.#link.ask({ case: 'putUnitConfig', value: config }, 'done', CONFIG_TIMEOUT_MS);
  }

  /** What the memory of the dosing unit holds. */
  getUnitImage(): Promise<UnitImage> {
    return this.#link.ask({ case: 'getUnitImage', value: {} }, 'unitImage', IMAGE_TIMEOUT_MS);
  }

  async putImageConfig(image: ImageConfig): Promise<void> {
    await this.#link.ask({ case: 'putUnitConfig', value: { image } }, 'done', IMAGE_TIMEOUT_MS);
  }

  async putDailyView(views: DailyViews): Promise<void> {
    await this.#link.ask({ case: 'putDailyView', value: views }, 'done', IMAGE_TIMEOUT_MS);
  }

  /** Sets the clock with a battery, where there is one. */
  async setRtc(utcMs: number): Promise<void> {
    await this.#link.ask({ case: 'setRtc', value: { utcMs } }, 'done', STOP_TIMEOUT_MS);
  }

  async clearFault(pumpId: string): Promise<void> {
    await this.#link.ask({ case: 'clearFault', value: { pumpId } }, 'done', STOP_TIMEOUT_MS);
  }

  async releaseStop(): Promise<void> {
    await this.#link.ask({ case: 'releaseStop', value: {} }, 'done', ANSWER_TIMEOUT_MS);
  }

  /** Passes everything and needs no session. An empty `doseId` means whatever runs on the pump. */
  stopDose(pumpId: string, doseId = ''): Promise<StopReply> {
    return this.#link.askAnyhow({ case: 'stopDose', value: { pumpId, doseId } }, 'stop', STOP_TIMEOUT_MS);
  }

  /** Emergency stop; passes everything and needs no session. */
  stopAll(): Promise<StopReply> {
    return this.#link.askAnyhow({ case: 'stopAll', value: {} }, 'stop', STOP_TIMEOUT_MS);
  }
}
