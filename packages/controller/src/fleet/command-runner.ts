import {
  ACCEPT_WITHIN_MS,
  type Cancel,
  type Clock,
  type CommandInput,
  type CommandState,
  isFinalCommand,
  type Log,
  type Random,
  randomHex,
} from '@perista/core';
import type { CommandMessage, CommandName, CommandPayload } from '@perista/protocol/fleet';
import { tolerant } from '../background.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { CommandRecord } from './command-store.ts';
import { TTL_MS, waitOf } from './command-waits.ts';
import { type Doer, type FleetBook, SERVER } from './fleet-book.ts';
import type { DeviceLine, DeviceSight } from './fleet-ports.ts';

export interface RunnerPorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly line: DeviceLine;
  readonly sight: DeviceSight;
}

/** What follows from the outcome of a command; called inside the transaction that notes it. */
export interface CommandOutcomes {
  /** Nobody knows what became of it. */
  onUnanswered(command: CommandRecord): void;
  /** It surely never left. */
  onNeverSent(command: CommandRecord): void;
}

export interface CommandOrder {
  readonly deviceId: string;
  readonly command: CommandName;
  readonly infusionId: string | null;
  readonly payload: CommandPayload;
  readonly by: Doer;
  /** Of a start: how long a person may take. */
  readonly acceptWithinMs?: number;
}

/** In these states of a start its infusion waits for the device. */
const MAY_BEGIN: ReadonlySet<CommandState> = new Set(['published', 'received', 'accepted']);

/** Until what the database refused is tried again. */
const AGAIN_MS = 5_000;
const [, LONGEST_WAIT_MS] = ACCEPT_WITHIN_MS;

/** Sends commands and waits for their answers, each step for its time. What may leave is written down before it does. */
export class CommandRunner {
  readonly #ports: RunnerPorts;
  readonly #outcomes: CommandOutcomes;
  readonly #timers = new Map<string, Cancel>();
  /** Sent by a server that is gone: never sent again, but asked after. */
  readonly #inherited = new Set<string>();
  #isStopped = false;

  constructor(ports: RunnerPorts, outcomes: CommandOutcomes) {
    this.#ports = ports;
    this.#outcomes = outcomes;
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Writes a command down, and sends it once that is durable. @throws PeristaError E301 */
  order(order: CommandOrder): CommandRecord {
    const { book } = this.#ports;
    return book.change(() => {
      const command = this.orderHeld(order);
      // A commit may throw and be durable all the same: then nothing is sent, and this finds it.
      this.#wait(command.commandId, AGAIN_MS);
      book.afterwards(() => this.send(command.commandId));
      return command;
    });
  }

  /** Writes a command down; whoever orders it so sends it. @throws PeristaError E301 */
  orderHeld({ by, acceptWithinMs, ...order }: CommandOrder): CommandRecord {
    const { book, clock, random } = this.#ports;
    const commandId = `cmd-${randomHex(random, 10)}`;
    const times = { createdAtMs: clock.wallMs(), ttlMs: TTL_MS, acceptWithinMs: acceptWithinMs ?? null };
    return book.change(() => book.addCommand({ ...order, ...times, commandId, actor: by.actor }, by));
  }

  /** Sends it, once more if it was sent before. */
  send(commandId: string): void {
    this.#carefully('send a command to a device', () => {
      const { book, line } = this.#ports;
      const command = book.commands.find(commandId);
      if (command === undefined || isFinalCommand(command.state)) return;
      const isStop = command.command === 'STOP_INFUSION';
      // A stop is tried until it is proven, and it goes before it is noted.
      if (isStop && line.isUp) this.#publish(command);
      if (!line.isUp) {
        if (!isStop) this.#cannotSend(command);
        return;
      }
      const sent = book.change(() => {
        book.amendCommand(command, { sendings: command.sendings + 1 });
        return this.#await(commandId);
      });
      if (!isStop) this.#publish(sent);
    });
  }

  /** The state of a command moves on; null if that means nothing to it. @throws PeristaError E301 */
  move(commandId: string, input: CommandInput, by: Doer, reason?: string): CommandRecord | null {
    const { book } = this.#ports;
    return book.change(() => {
      const moved = book.moveCommand(commandId, input, by, reason === undefined ? {} : { reason });
      if (moved === null) return null;
      const { infusionId, state } = moved;
      if (infusionId !== null && moved.command === 'START_INFUSION' && MAY_BEGIN.has(state)) {
        book.moveInfusion(infusionId, 'published', SERVER);
      }
      return this.#await(commandId);
    });
  }

  /** What a server that is gone has left: waits go on for the rest of their time, and nothing is sent again. */
  inherit(): void {
    for (const { commandId, command, waitUntilMs } of this.#ports.book.commands.allOpen()) {
      if (command === 'STOP_INFUSION') continue;
      this.#inherited.add(commandId);
      const leftMs = (waitUntilMs ?? 0) - this.#ports.clock.wallMs();
      this.#wait(commandId, Math.min(Math.max(0, leftMs), LONGEST_WAIT_MS));
    }
  }

  #publish(command: CommandRecord): void {
    void this.#ports.line.send(command.deviceId, this.#messageOf(command)).then((isTaken) => {
      if (!isTaken) return;
      this.#carefully('note that a command was sent', () => {
        this.move(command.commandId, 'published', SERVER);
      });
    });
  }

  #messageOf({ commandId, command, payload, createdAtMs, ttlMs, actor }: CommandRecord): CommandMessage {
    // A stop is wanted for as long as it is sent, anything else from when it was ordered.
    const issuedMs = command === 'STOP_INFUSION' ? this.#ports.clock.wallMs() : createdAtMs;
    return { v: 1, commandId, command, payload, issuedAt: timestamp(issuedMs), ttlMs, actor };
  }

  #cannotSend({ commandId, sendings }: CommandRecord): void {
    const { why } = this.#ports.line;
    if (sendings === 0) this.#neverSent(commandId, `It could not be sent: ${why}`);
    else this.#unanswered(commandId, `It could not be sent once more: ${why}`);
  }

  #neverSent(commandId: string, reason: string): void {
    this.#ports.book.change(() => {
      const moved = this.move(commandId, 'never-sent', SERVER, reason);
      if (moved !== null) this.#outcomes.onNeverSent(moved);
    });
  }

  #unanswered(commandId: string, reason: string): void {
    this.#ports.book.change(() => {
      const moved = this.move(commandId, 'no-answer', SERVER, reason);
      if (moved !== null) this.#outcomes.onUnanswered(moved);
    });
  }

  /** Begins the wait for the next step, as soon as what led to it is durable. */
  #await(commandId: string): CommandRecord {
    const { book, clock } = this.#ports;
    const command = book.touchCommand(commandId);
    const wait = this.#waitOf(command);
    book.afterwards(() => (wait === null ? this.#forget(commandId) : this.#wait(commandId, wait.ms)));
    if (wait === null) return command;
    book.amendCommand(command, { waitUntilMs: Math.floor(clock.wallMs() + wait.ms) });
    return book.touchCommand(commandId);
  }

  #wait(commandId: string, ms: number): void {
    this.#forget(commandId);
    if (this.#isStopped) return;
    const onWaited = () => this.#carefully('end the wait for a device', () => this.#onWaited(commandId));
    this.#timers.set(commandId, this.#ports.clock.after(ms, onWaited));
  }

  #forget(commandId: string): void {
    this.#timers.get(commandId)?.();
    this.#timers.delete(commandId);
  }

  #onWaited(commandId: string): void {
    this.#forget(commandId);
    const command = this.#ports.book.commands.find(commandId);
    const wait = command && this.#waitOf(command);
    if (command === undefined || !wait) return;
    // What follows waits for something else; while the database cannot be used it does not follow.
    this.#wait(commandId, AGAIN_MS);
    if (command.sendings === 0) this.#neverSent(commandId, 'It was written down and never sent');
    else if (wait.maySendAgain && !this.#inherited.has(commandId)) this.send(commandId);
    else this.#unanswered(commandId, wait.missing);
  }

  #waitOf(command: CommandRecord) {
    return waitOf(command, this.#ports.sight.look(command.deviceId)?.dialect ?? null);
  }

  /** Without the database nothing can be noted; the next message of the device, or the next start, puts it right. */
  #carefully(what: string, work: () => void): void {
    if (!this.#isStopped) tolerant(this.#ports.log, what, work);
  }
}
