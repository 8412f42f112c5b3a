import {
  type Clock,
  type CommandInput,
  type InfusionInputKind,
  isFinalCommand,
  isOpenInfusion,
  type Log,
  nextCommandState,
  nextInfusionState,
} from '@perista/core';
import { tolerant } from '../background.ts';
import type { Store } from '../store/store.ts';
import { type AlarmRecord, AlarmStore } from './alarm-store.ts';
import { type CommandPatch, type CommandRecord, CommandStore, type NewCommand } from './command-store.ts';
import type { FleetNews } from './fleet-ports.ts';
import { alarmView, commandView, infusionView } from './fleet-views.ts';
import { type InfusionPatch, type InfusionRecord, InfusionStore, type NewInfusion } from './infusion-store.ts';
import { type NewTimelineEntry, TimelineStore } from './timeline-store.ts';

/** Who did it, as it stands on the timeline. */
export type Doer = Pick<NewTimelineEntry, 'actor' | 'source'>;

export const SERVER: Doer = { actor: 'server', source: 'server' };
export const DEVICE: Doer = { actor: 'device', source: 'device' };

export interface BookPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly news: FleetNews;
}

/**
 * What is remembered of infusions, commands and alarms. Everything that belongs together is changed in one transaction;
 * once that is durable, viewers are told and what has to follow is done.
 */
export class FleetBook {
  readonly infusions: InfusionStore;
  readonly commands: CommandStore;
  readonly alarms: AlarmStore;
  readonly timeline: TimelineStore;
  readonly #ports: BookPorts;
  #depth = 0;
  readonly #touched = { infusions: new Set<string>(), commands: new Set<string>(), alarms: new Set<string>() };
  #afterwards: (() => void)[] = [];
  /** Read at each message of a device. */
  readonly #open = new Map<string, readonly InfusionRecord[]>();
  readonly #openCommands = new Map<string, readonly CommandRecord[]>();
  readonly #living = new Map<string, readonly AlarmRecord[]>();

  constructor(ports: BookPorts) {
    this.#ports = ports;
    this.infusions = new InfusionStore(ports.store);
    this.commands = new CommandStore(ports.store);
    this.alarms = new AlarmStore(ports.store);
    this.timeline = new TimelineStore(ports.store);
  }

  /** All of `work` or nothing. What it left for afterwards is done once it is durable. @throws PeristaError E301 */
  change<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    const result = this.#commit(work);
    const afterwards = this.#afterwards;
    this.#afterwards = [];
    tolerant(this.#ports.log, 'tell viewers of a device', () => this.#tell());
    for (const follow of afterwards) follow();
    return result;
  }

  #commit<T>(work: () => T): T {
    this.#depth++;
    try {
      return this.#ports.store.transaction(work);
    } catch (error) {
      this.#forget();
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** Once the present change is durable. */
  afterwards(follow: () => void): void {
    this.#afterwards.push(follow);
  }

  /** What is open of a device, newest first. */
  openInfusions(deviceId: string): readonly InfusionRecord[] {
    return this.#kept(this.#open, deviceId, () => this.infusions.open(deviceId));
  }

  /** Commands of a device that are not over, oldest first. */
  openCommands(deviceId: string): readonly CommandRecord[] {
    return this.#kept(this.#openCommands, deviceId, () => this.commands.open(deviceId));
  }

  /** Alarms of a device that are not off, oldest first. */
  livingAlarms(deviceId: string): readonly AlarmRecord[] {
    return this.#kept(this.#living, deviceId, () => this.alarms.living(deviceId));
  }

  /** The command that asked for an infusion. */
  startOf(infusionId: string): CommandRecord | undefined {
    return this.commands.ofInfusion(infusionId).find(({ command }) => command === 'START_INFUSION');
  }

  addInfusion(infusion: NewInfusion): void {
    this.infusions.insert(infusion);
    this.#touchInfusion(infusion);
  }

  /** The infusion after `input`; null if that means nothing to it in its present state. */
  moveInfusion(
    infusionId: string,
    input: InfusionInputKind,
    by: Doer,
    patch: InfusionPatch = {},
  ): InfusionRecord | null {
    const before = this.infusions.find(infusionId);
    const state = before && nextInfusionState(before.state, input);
    if (before === undefined || !state) return null;
    const nowMs = this.#nowMs();
    const isMoved = this.infusions.change(infusionId, before.state, {
      ...patch,
      state,
      ...(state === 'running' && before.confirmedAtMs === null && { confirmedAtMs: nowMs }),
      ...(!isOpenInfusion(state) && { endedAtMs: nowMs }),
    });
    if (!isMoved) return null;
    this.#touchInfusion(before);
    this.note({ ...by, deviceId: before.deviceId, action: 'infusion', outcome: told(state, patch.reason), infusionId });
    return this.infusions.find(infusionId) ?? null;
  }

  /** What becomes known about an infusion beside its state. */
  amendInfusion({ infusionId, state, deviceId }: InfusionRecord, patch: InfusionPatch): void {
    this.infusions.change(infusionId, state, patch);
    this.#touchInfusion({ infusionId, deviceId });
  }

  addCommand(command: NewCommand, by: Doer): CommandRecord {
    const { commandId, deviceId, infusionId } = command;
    this.commands.insert(command);
    this.note({ ...by, deviceId, action: command.command, infusionId, commandId });
    return this.touchCommand(commandId);
  }

  /** The command after `input`; null if that means nothing to it in its present state. */
  moveCommand(commandId: string, input: CommandInput, by: Doer, patch: CommandPatch = {}): CommandRecord | null {
    const before = this.commands.find(commandId);
    const state = before && nextCommandState(before.state, input);
    if (before === undefined || !state) return null;
    const nowMs = this.#nowMs();
    const isDecided = state === 'accepted' || state === 'rejected';
    const isMoved = this.commands.change(commandId, before.state, {
      waitUntilMs: null,
      ...patch,
      state,
      ...(state === 'published' && { publishedAtMs: nowMs }),
      ...(state === 'received' && { receivedAtMs: nowMs }),
      ...(isDecided && { decidedAtMs: nowMs }),
      ...(isFinalCommand(state) && { endedAtMs: nowMs, waitUntilMs: null }),
    });
    if (!isMoved) return null;
    const isOutcome = isDecided || isFinalCommand(state) || state === 'unanswered';
    if (isOutcome) {
      const { deviceId, command: action, infusionId } = before;
      this.note({ ...by, deviceId, action, outcome: told(state, patch.reason), infusionId, commandId });
    }
    return this.touchCommand(commandId);
  }

  /** What becomes known about a command beside its state. */
  amendCommand({ commandId, state }: CommandRecord, patch: CommandPatch): void {
    this.commands.change(commandId, state, patch);
    this.touchCommand(commandId);
  }

  touchCommand(commandId: string): CommandRecord {
    const command = this.commands.find(commandId);
    if (command === undefined) throw new Error(`there is no command ${commandId}`);
    this.#touched.commands.add(commandId);
    this.#openCommands.delete(command.deviceId);
    return command;
  }

  touchAlarm({ alarmId, deviceId }: Pick<AlarmRecord, 'alarmId' | 'deviceId'>): void {
    this.#touched.alarms.add(alarmId);
    this.#living.delete(deviceId);
  }

  /** A line of the timeline. */
  note(entry: NewTimelineEntry): void {
    this.timeline.add(entry, this.#nowMs());
  }

  /** Inside of a change nothing is kept: it may be undone. */
  #kept<Row>(kept: Map<string, readonly Row[]>, deviceId: string, read: () => readonly Row[]): readonly Row[] {
    const known = this.#depth === 0 ? kept.get(deviceId) : undefined;
    const rows = known ?? read();
    if (this.#depth === 0) kept.set(deviceId, rows);
    return rows;
  }

  #nowMs(): number {
    return Math.floor(this.#ports.clock.wallMs());
  }

  #touchInfusion({ infusionId, deviceId }: Pick<InfusionRecord, 'infusionId' | 'deviceId'>): void {
    this.#touched.infusions.add(infusionId);
    this.#open.delete(deviceId);
  }

  #forget(): void {
    for (const touched of Object.values(this.#touched)) touched.clear();
    this.#afterwards = [];
    // The commit may have failed after its last write.
    this.#open.clear();
    this.#openCommands.clear();
    this.#living.clear();
  }

  #tell(): void {
    const { news } = this.#ports;
    const { infusions, commands, alarms } = this.#touched;
    const told = { infusions: [...infusions], commands: [...commands], alarms: [...alarms] };
    for (const touched of Object.values(this.#touched)) touched.clear();
    for (const id of told.commands) {
      const command = this.commands.find(id);
      if (command !== undefined) news.command(commandView(command));
    }
    for (const id of told.infusions) {
      const infusion = this.infusions.find(id);
      if (infusion !== undefined) news.infusion(infusionView(infusion, this.startOf(id)));
    }
    for (const id of told.alarms) {
      const alarm = this.alarms.find(id);
      if (alarm !== undefined) news.alarm(alarmView(alarm));
    }
  }
}

const told = (state: string, reason: string | null | undefined): string => (reason ? `${state}: ${reason}` : state);
