import type { Cancel, Clock, Random } from '@perista/core';
import { type HabitName, type Habits, happens } from './habits.ts';
import { type DeviceHappening, type DeviceOptions, type DevicePorts, InfusionDevice } from './infusion-device.ts';

const SECOND = 1_000;
/** How long things take, at least and at most, ms. */
const ACCEPTS_AFTER = [1 * SECOND, 4 * SECOND] as const;
const ACCEPTS_LATE_AFTER = [40 * SECOND, 60 * SECOND] as const;
const AWAY_FOR = [2 * SECOND, 20 * SECOND] as const;
const SILENT_FOR = [15 * SECOND, 40 * SECOND] as const;
const BLOCKED_FOR = [10 * SECOND, 30 * SECOND] as const;
const RESUMES_AFTER = [1 * SECOND, 5 * SECOND] as const;
const MISFORTUNE_EVERY_MS = 60 * SECOND;

/** A device with a person beside it who accepts what it asks, and with the misfortunes that its habits say. */
export class AutomaticDevice {
  readonly device: InfusionDevice;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #habits: Habits;
  readonly #pending = new Set<Cancel>();

  constructor(ports: DevicePorts, options: DeviceOptions) {
    this.#clock = ports.clock;
    this.#random = ports.random;
    this.#habits = options.habits ?? {};
    const onHappening = (happening: DeviceHappening) => {
      options.onHappening?.(happening);
      if (happening.kind === 'ask') this.#decide();
    };
    this.device = new InfusionDevice(ports, { ...options, onHappening });
  }

  start(): void {
    this.device.start();
    this.#later([0, MISFORTUNE_EVERY_MS], () => this.#suffer());
  }

  stop(): Promise<void> {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
    return this.device.stop();
  }

  #decide() {
    if (this.#has('never-answers')) return;
    const { device } = this;
    if (this.#has('rejects')) {
      return this.#later(ACCEPTS_AFTER, () => device.press({ action: 'reject', reason: 'not now' }));
    }
    const within = this.#has('late-accept') ? ACCEPTS_LATE_AFTER : ACCEPTS_AFTER;
    this.#later(within, () => device.press({ action: 'accept' }));
  }

  #suffer(): void {
    this.#later([MISFORTUNE_EVERY_MS, MISFORTUNE_EVERY_MS], () => this.#suffer());
    const { device } = this;
    if (this.#has('drops')) device.loseConnection(this.#within(AWAY_FOR));
    if (this.#has('silent')) device.hush(this.#within(SILENT_FOR));
    if (this.#has('alarms')) this.#beBlocked();
    if (this.#has('forgets')) device.reboot({ forgets: true });
    else if (this.#has('reboots')) device.reboot();
  }

  #beBlocked(): void {
    const { device } = this;
    device.setAlarm('OCCLUSION', true);
    this.#later(BLOCKED_FOR, () => {
      device.setAlarm('OCCLUSION', false);
      this.#later(RESUMES_AFTER, () => device.press({ action: 'resume' }));
    });
  }

  #has(name: HabitName): boolean {
    return happens(this.#habits, name, this.#random);
  }

  #within([least, most]: readonly [number, number]): number {
    return least + (most - least) * this.#random.unit();
  }

  #later(within: readonly [number, number], act: () => void): void {
    const cancel = this.#clock.after(this.#within(within), () => {
      this.#pending.delete(cancel);
      act();
    });
    this.#pending.add(cancel);
  }
}
