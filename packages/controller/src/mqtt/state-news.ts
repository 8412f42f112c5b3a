import type { Cancel, Clock, Log } from '@perista/core';
import type { LogEvent, Pump } from '@perista/protocol/api';
import type { PumpsSnapshot } from '@perista/protocol/live';
import { unitMessage } from '@perista/protocol/mqtt';
import { tolerant } from '../background.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { NumberedDelta } from '../live/delta.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import { Viewer, type ViewerLine } from '../live/viewer.ts';
import type { ControllerServices } from '../services.ts';
import type { LastingLine } from './lasting-line.ts';
import type { Publications } from './publications.ts';
import { SettingBoard, type SettingBoardPorts } from './setting-board.ts';
import { type Progress, StatusBoard } from './status-board.ts';

export interface StateNewsPorts extends SettingBoardPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly feed: LiveFeed;
  readonly services: Pick<ControllerServices, 'pumps' | 'history'>;
  readonly isAgentPresent: () => boolean;
  readonly isClockTrusted: () => boolean;
  readonly line: Pick<LastingLine, 'isUp' | 'send'>;
  readonly publications: Publications;
}

const TELEMETRY_MS = 60_000;
/** Events after which the switch of a pump may stand otherwise. */
const OF_SCHEDULES = /^(schedule|channel|unit_image)_/;

/** What pumps and unit are at, over MQTT: told whenever it changes, and the whole of it once a minute. */
export class StateNews implements ViewerLine {
  readonly #ports: StateNewsPorts;
  readonly #board = new StatusBoard();
  readonly #settings: SettingBoard;
  readonly #startedMs: number;
  #viewer: Viewer | null = null;
  #unit = '';
  #cancelTelemetry: Cancel = () => {};

  constructor(ports: StateNewsPorts) {
    this.#ports = ports;
    this.#settings = new SettingBoard(ports);
    this.#startedMs = ports.clock.monotonicMs();
  }

  start(): void {
    this.#telemetryLater();
  }

  stop(): void {
    this.#cancelTelemetry();
    this.#unwatch();
  }

  /** Tells everything anew, and that of pumps that are gone. */
  begin(): void {
    this.#watch();
    this.#telemetry();
  }

  /** Takes back what stands of a pump that is gone. */
  forget(pumpId: string): void {
    this.#board.remove(pumpId);
    this.#publishGone(pumpId);
  }

  /** A setting of the pump was changed over MQTT. */
  onSetting(pumpId: string): void {
    this.#tolerant(() => this.#publishSettings(pumpId));
  }

  isWritable(): boolean {
    return this.#ports.line.isUp;
  }

  send(delta: NumberedDelta): void {
    this.#tolerant(() => this.#hear(delta));
  }

  /** The feed closes whoever takes nothing; with the next connection it begins anew. */
  close(): void {
    this.#viewer = null;
  }

  #hear(delta: NumberedDelta): void {
    switch (delta.name) {
      case 'pump:state':
        this.#onPump(delta.args[0].pump);
        break;
      case 'pump:removed': {
        const [{ pump_id: pumpId }] = delta.args;
        this.forget(pumpId);
        break;
      }
      case 'dose:progress': {
        const [{ pump_id: pumpId, progress }] = delta.args;
        this.#publishStatus(pumpId, progress);
        break;
      }
      case 'unit:state':
        this.#publishUnit(delta.args[0]);
        break;
      case 'event':
        this.#onEvent(delta.args[0].event);
        break;
    }
  }

  #onPump(pump: Pump): void {
    this.#board.put(pump);
    this.#readToday(pump.id);
    this.#publishStatus(pump.id, null);
    this.#publishSettings(pump.id);
  }

  #onEvent({ kind, pump_id }: LogEvent): void {
    if (!OF_SCHEDULES.test(kind)) return;
    for (const pumpId of pump_id === null ? this.#board.pumps.map(({ id }) => id) : [pump_id]) {
      this.#settings.forgetSchedules(pumpId);
      this.#publishSettings(pumpId);
    }
  }

  #watch(): void {
    this.#unwatch();
    const { clock, feed } = this.#ports;
    const viewer = new Viewer(clock, this, (answer) => {
      if (answer.ok) this.#tolerant(() => this.#beginWith(answer.snapshot));
    });
    this.#viewer = viewer;
    feed.watch(viewer);
  }

  #unwatch(): void {
    if (this.#viewer !== null) this.#ports.feed.leave(this.#viewer);
    this.#viewer = null;
  }

  #beginWith(snapshot: PumpsSnapshot): void {
    this.#settings.reset();
    this.#unit = '';
    this.#publishUnit(snapshot);
    for (const pumpId of this.#board.begin(snapshot.pumps)) this.#publishGone(pumpId);
    for (const { id } of snapshot.pumps) {
      this.#readToday(id);
      this.#publishStatus(id, null);
      this.#publishSettings(id);
    }
  }

  #publishStatus(pumpId: string, progress: Progress | null): void {
    const body = this.#board.news(pumpId, progress);
    if (body !== undefined) this.#send('status', pumpId, body);
  }

  #publishSettings(pumpId: string): void {
    const pump = this.#board.pump(pumpId);
    if (pump === undefined) return;
    for (const [name, body] of this.#settings.news(pump)) this.#send(name, pumpId, body);
  }

  #publishGone(pumpId: string): void {
    this.#publishStatus(pumpId, null);
    for (const [name, body] of this.#settings.gone(pumpId)) this.#send(name, pumpId, body);
  }

  #publishUnit(unit: Parameters<typeof unitMessage>[0]): void {
    const body = JSON.stringify(unitMessage(unit));
    if (body === this.#unit) return;
    this.#unit = body;
    this.#send('unit', '', body);
  }

  /** Whether it is news. */
  #readToday(pumpId: string): boolean {
    const today = this.#ports.services.history.ofPump(pumpId, 1).days.at(-1);
    return this.#board.noteToday(pumpId, today?.lo_ml ?? 0);
  }

  #telemetryLater(): void {
    this.#cancelTelemetry = this.#ports.clock.after(TELEMETRY_MS, () => {
      if (this.#viewer === null && this.#ports.line.isUp) this.#watch();
      this.#tolerant(() => this.#sweep());
      this.#telemetry();
      this.#telemetryLater();
    });
  }

  /** A day ends without an event, and where nobody drives the pumps there is no other news. */
  #sweep(): void {
    if (!this.#ports.line.isUp) return;
    for (const { id } of this.#board.pumps) {
      if (this.#readToday(id)) this.#publishStatus(id, null);
    }
  }

  #telemetry(): void {
    if (!this.#ports.line.isUp) return;
    const { clock, services, isAgentPresent, isClockTrusted } = this.#ports;
    this.#tolerant(() => {
      const pumps = services.pumps.list().map(({ id, state, container }) => {
        return [id, { state, dosed_today_ml: this.#board.todayMl(id), level_ml: container.level_ml }] as const;
      });
      const body = JSON.stringify({
        at: timestamp(clock.wallMs()),
        uptime_s: Math.floor((clock.monotonicMs() - this.#startedMs) / 1000),
        agent: isAgentPresent() ? 'connected' : 'lost',
        clock: isClockTrusted() ? 'trusted' : 'untrusted',
        pumps: Object.fromEntries(pumps),
      });
      this.#send('telemetry', '', body);
    });
  }

  #send(...what: Parameters<Publications>): void {
    for (const each of this.#ports.publications(...what)) this.#ports.line.send(each);
  }

  #tolerant(work: () => void): void {
    tolerant(this.#ports.log, 'tell MQTT how the pumps are', work);
  }
}
