import type { Clock } from '@perista/core';
import type { CommandRunner } from './command-runner.ts';
import type { CommandRecord } from './command-store.ts';
import { DEVICE, type Doer, type FleetBook, SERVER } from './fleet-book.ts';
import type { DeviceSight } from './fleet-ports.ts';
import type { InfusionRecord } from './infusion-store.ts';
import type { StopWatch } from './stop-watch.ts';

export interface InquiryPorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly runner: CommandRunner;
  readonly sight: DeviceSight;
  readonly stops: StopWatch;
}

/** A device that tells what does not fit is asked how it is, no more often than this. */
const ASKED_EACH_MS = 5_000;

/** What a server asks of devices by itself: how they are, and not to begin what nobody waits for. */
export class Inquiries {
  readonly #ports: InquiryPorts;
  readonly #askedMs = new Map<string, number>();

  constructor(ports: InquiryPorts) {
    this.#ports = ports;
  }

  /** How is it? A plain device understands no such question. @throws PeristaError E301 */
  ask(deviceId: string): void {
    const { book, clock, runner, sight } = this.#ports;
    if (sight.look(deviceId)?.dialect !== 'v1') return;
    const isRecent = clock.monotonicMs() - (this.#askedMs.get(deviceId) ?? Number.NEGATIVE_INFINITY) < ASKED_EACH_MS;
    if (isRecent || book.openCommands(deviceId).some(isQuestion)) return;
    this.#askedMs.set(deviceId, clock.monotonicMs());
    runner.order({ deviceId, command: 'GET_STATE', infusionId: null, payload: {}, by: SERVER });
  }

  /** It told how it is. @throws PeristaError E301 */
  answered(deviceId: string): void {
    const { book, runner } = this.#ports;
    const asked = book.openCommands(deviceId).filter(isQuestion);
    if (asked.length === 0) return;
    book.change(() => {
      for (const { commandId } of asked) runner.move(commandId, 'done', DEVICE);
    });
  }

  /** It shall not begin what it has not begun. @throws PeristaError E301 */
  cancel({ infusionId, deviceId }: InfusionRecord, by: Doer): CommandRecord {
    const { book, runner } = this.#ports;
    const start = book.startOf(infusionId);
    const payload = { infusionId, ...(start !== undefined && { commandId: start.commandId }) };
    return runner.order({ deviceId, command: 'CANCEL', infusionId, payload, by });
  }

  /** It can be heard again: what it did not answer is asked and told anew, except for starts. @throws PeristaError E301 */
  again(deviceId: string): void {
    const { book, stops } = this.#ports;
    const commands = book.openCommands(deviceId);
    const open = book.openInfusions(deviceId);
    if (commands.length === 0 && open.length === 0) return;
    book.change(() => {
      for (const infusionId of this.#uncancelled(commands, open)) this.#cancelAnew(infusionId);
      this.#askedMs.delete(deviceId);
      this.ask(deviceId);
    });
    stops.sendAgain(deviceId);
  }

  /** @throws PeristaError E301 */
  againOfAll(): void {
    const { infusions, commands } = this.#ports.book;
    const concerned = [...infusions.allOpen(), ...commands.allOpen()].map(({ deviceId }) => deviceId);
    for (const deviceId of new Set(concerned)) this.again(deviceId);
  }

  /** Infusions that may begin though nobody waits for them, and whose cancel is not on its way. */
  #uncancelled(commands: readonly CommandRecord[], open: readonly InfusionRecord[]): Set<string> {
    const cancels = commands.filter(({ command }) => command === 'CANCEL');
    const meant = [
      ...open.filter(({ state }) => state === 'unanswered').map(({ infusionId }) => infusionId),
      ...cancels.map(({ infusionId }) => infusionId).filter((id) => id !== null),
    ];
    const onTheWay = cancels.filter(({ state }) => state !== 'unanswered').map(({ infusionId }) => infusionId);
    return new Set(meant.filter((infusionId) => !onTheWay.includes(infusionId)));
  }

  #cancelAnew(infusionId: string): void {
    const { book, runner } = this.#ports;
    const infusion = book.infusions.find(infusionId);
    for (const { command, commandId } of book.commands.ofInfusion(infusionId)) {
      if (command === 'CANCEL') runner.move(commandId, 'cancelled', SERVER, 'It is sent anew');
    }
    if (infusion !== undefined) this.cancel(infusion, SERVER);
  }
}

const isQuestion = ({ command }: CommandRecord): boolean => command === 'GET_STATE';
