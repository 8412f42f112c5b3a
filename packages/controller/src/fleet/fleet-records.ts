import type { Obstacle } from '@perista/protocol/api';
import type { FleetBook } from './fleet-book.ts';
import type { DeviceRecords } from './fleet-ports.ts';
import { alarmView, commandView, infusionView } from './fleet-views.ts';
import type { InfusionRecord } from './infusion-store.ts';
import type { StartRules } from './start-rules.ts';

/** What is ordered and remembered of devices, for those who look. */
export class FleetRecords implements DeviceRecords {
  readonly #book: FleetBook;
  readonly #rules: StartRules;

  constructor(book: FleetBook, rules: StartRules) {
    this.#book = book;
    this.#rules = rules;
  }

  infusion(deviceId: string) {
    const infusion = this.#book.openInfusions(deviceId)[0] ?? this.#book.infusions.last(deviceId);
    return infusion === undefined ? null : this.#view(infusion);
  }

  commands(deviceId: string) {
    return this.#book.openCommands(deviceId).map(commandView);
  }

  alarms(deviceId: string) {
    return this.#book.livingAlarms(deviceId).map(alarmView);
  }

  startBlockedBy(deviceId: string): Obstacle | null {
    return this.#rules.obstacle(deviceId);
  }

  between(deviceId: string, fromMs: number, toMs: number) {
    const { alarms, commands, infusions } = this.#book;
    return {
      alarms: alarms.between(deviceId, fromMs, toMs).map(alarmView),
      commands: commands.between(deviceId, fromMs, toMs).map(commandView),
      infusions: infusions.between(deviceId, fromMs, toMs).map((each) => this.#view(each)),
    };
  }

  #view(infusion: InfusionRecord) {
    return infusionView(infusion, this.#book.startOf(infusion.infusionId));
  }
}
