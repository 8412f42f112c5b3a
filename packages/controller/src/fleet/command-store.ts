import type { CommandState } from '@perista/core';
import type { CommandName, CommandPayload } from '@perista/protocol/fleet';
import type { SqlValue, Store } from '../store/store.ts';
import { changedColumns } from './changed-columns.ts';

/** An order to a device as it is remembered. Instants on the wall clock, ms since 1970. */
export interface CommandRecord {
  readonly seq: number;
  readonly commandId: string;
  readonly deviceId: string;
  readonly infusionId: string | null;
  readonly command: CommandName;
  readonly payload: CommandPayload;
  readonly state: CommandState;
  readonly actor: string;
  readonly createdAtMs: number;
  readonly publishedAtMs: number | null;
  readonly receivedAtMs: number | null;
  readonly decidedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Until when the present step may take. */
  readonly waitUntilMs: number | null;
  readonly ttlMs: number;
  /** How long a person at the device may take to accept; null for all but a start. */
  readonly acceptWithinMs: number | null;
  /** How often it may have left; written before it does. 0: it surely did not. */
  readonly sendings: number;
  readonly reason: string | null;
}

export type NewCommand = Pick<
  CommandRecord,
  'commandId' | 'deviceId' | 'infusionId' | 'command' | 'payload' | 'actor' | 'createdAtMs' | 'ttlMs' | 'acceptWithinMs'
>;

const COLUMNS = {
  state: 'state',
  publishedAtMs: 'published_at_ms',
  receivedAtMs: 'received_at_ms',
  decidedAtMs: 'decided_at_ms',
  endedAtMs: 'ended_at_ms',
  waitUntilMs: 'wait_until_ms',
  sendings: 'sendings',
  reason: 'reason',
} as const;

export type CommandPatch = Partial<Pick<CommandRecord, keyof typeof COLUMNS>>;

interface CommandRow {
  readonly seq: number;
  readonly command_id: string;
  readonly device_id: string;
  readonly infusion_id: string | null;
  readonly command: CommandName;
  readonly payload: string;
  readonly state: CommandState;
  readonly actor: string;
  readonly created_at_ms: number;
  readonly published_at_ms: number | null;
  readonly received_at_ms: number | null;
  readonly decided_at_ms: number | null;
  readonly ended_at_ms: number | null;
  readonly wait_until_ms: number | null;
  readonly ttl_ms: number;
  readonly accept_within_ms: number | null;
  readonly sendings: number;
  readonly reason: string | null;
}

const IS_OPEN = "state NOT IN ('rejected', 'done', 'failed', 'expired', 'cancelled')";

/** Commands to all devices. */
export class CommandStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** In state `created`. */
  insert(command: NewCommand): void {
    this.#store.run(
      `INSERT INTO device_commands (command_id, device_id, infusion_id, command, payload, state, actor, created_at_ms,
         ttl_ms, accept_within_ms) VALUES (?, ?, ?, ?, ?, 'created', ?, ?, ?, ?)`,
      ...[command.commandId, command.deviceId, command.infusionId, command.command, JSON.stringify(command.payload)],
      ...[command.actor, Math.floor(command.createdAtMs), command.ttlMs, command.acceptWithinMs],
    );
  }

  find(commandId: string): CommandRecord | undefined {
    return this.#all('WHERE command_id = ?', commandId)[0];
  }

  /** Not over, of one device, oldest first. */
  open(deviceId: string): CommandRecord[] {
    return this.#all(`WHERE device_id = ? AND ${IS_OPEN} ORDER BY seq`, deviceId);
  }

  /** Of all devices. */
  allOpen(): CommandRecord[] {
    return this.#all(`WHERE ${IS_OPEN} ORDER BY seq`);
  }

  /** All that was ever ordered about an infusion, oldest first. */
  ofInfusion(infusionId: string): CommandRecord[] {
    return this.#all('WHERE infusion_id = ? ORDER BY seq', infusionId);
  }

  /** Those that were on their way at any instant of a span, oldest first. */
  between(deviceId: string, fromMs: number, toMs: number): CommandRecord[] {
    return this.#all(
      'WHERE device_id = ? AND created_at_ms <= ? AND coalesce(ended_at_ms, ?) >= ? ORDER BY seq',
      ...[deviceId, Math.ceil(toMs), Math.ceil(toMs), Math.floor(fromMs)],
    );
  }

  /** Whether it was in state `from` and is changed. */
  change(commandId: string, from: CommandState, patch: CommandPatch): boolean {
    const { sql, values } = changedColumns(COLUMNS, patch);
    if (sql === '') return true;
    const change = `UPDATE device_commands SET ${sql} WHERE command_id = ? AND state = ?`;
    return this.#store.run(change, ...values, commandId, from).changes === 1;
  }

  #all(where: string, ...params: SqlValue[]): CommandRecord[] {
    return this.#store.all<CommandRow>(`SELECT * FROM device_commands ${where}`, ...params).map(commandOf);
  }
}

const commandOf = (row: CommandRow): CommandRecord => ({
  seq: row.seq,
  commandId: row.command_id,
  deviceId: row.device_id,
  infusionId: row.infusion_id,
  command: row.command,
  payload: JSON.parse(row.payload) as CommandPayload,
  state: row.state,
  actor: row.actor,
  createdAtMs: row.created_at_ms,
  publishedAtMs: row.published_at_ms,
  receivedAtMs: row.received_at_ms,
  decidedAtMs: row.decided_at_ms,
  endedAtMs: row.ended_at_ms,
  waitUntilMs: row.wait_until_ms,
  ttlMs: row.ttl_ms,
  acceptWithinMs: row.accept_within_ms,
  sendings: row.sendings,
  reason: row.reason,
});
