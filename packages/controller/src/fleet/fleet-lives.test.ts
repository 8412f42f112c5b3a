// Proves over random lives of server, device, broker and people: an infusion begins once at most (I3), nothing is confirmed by what is
// old or foreign, and in the end the server knows what the device does.
import { isOpenInfusion } from '@perista/core';
import type { CommandMessage } from '@perista/protocol/fleet';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEVICE_ID, OLA, OrdersFixture, REQUEST } from './fleet-orders-fixture.ts';
import { ModelDevice, type Up } from './model-device.ts';

/** One world: what is on its way to the device waits here until it is handed over or lost. */
class World {
  readonly fleet = new OrdersFixture();
  readonly device = new ModelDevice();
  readonly #down: CommandMessage[] = [];
  readonly #heard: Up[] = [];
  #isUp = false;

  constructor() {
    this.fleet.onSent = (_deviceId, message) => this.#down.push(message);
    this.fleet.see();
    this.boot();
  }

  boot(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.fleet.boot();
  }

  crash(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.fleet.crash();
  }

  /** What a person at a screen does; a refusal is an answer. */
  order(what: 'start' | 'CANCEL' | 'STOP_INFUSION' | 'PAUSE_INFUSION' | 'RESUME_INFUSION'): void {
    if (!this.#isUp) return;
    const { infusions, orders } = this.fleet.orders;
    try {
      if (what === 'start') infusions.start({ deviceId: DEVICE_ID, request: REQUEST, actor: OLA });
      else orders.command(DEVICE_ID, { command: what }, OLA);
    } catch (error) {
      expect(String(error)).toMatch(/PeristaError/);
    }
  }

  deliver(): void {
    const message = this.#down.shift();
    if (message !== undefined) this.device.take(message);
  }

  lose(): void {
    this.#down.shift();
  }

  repeat(): void {
    const [message] = this.#down;
    if (message !== undefined) this.device.take(message);
  }

  /** The server gets the next message; while it is dead the message is lost. */
  hear(): void {
    const up = this.device.out.shift();
    if (up === undefined) return;
    this.#heard.push(up);
    this.#tell(up);
  }

  /** What was heard is told again, as old or as somebody else's. */
  tellOld(kind: 'retained' | 'foreign'): void {
    const confirmation = this.#heard.findLast(({ name }) => name === 'infusion');
    if (confirmation === undefined) return;
    const { name, body, header } = confirmation;
    const before = JSON.stringify(this.#states());
    this.fleet.tell(name, body, {
      header,
      ...(kind === 'retained' ? { isRetained: true } : { deviceId: 'PUMP_0002' }),
    });
    expect(JSON.stringify(this.#states())).toBe(before);
  }

  line(isUp: boolean): void {
    this.fleet.isLineUp = isUp;
    if (this.#isUp) this.fleet.orders.presence.line(isUp);
  }

  check(): void {
    for (const [infusionId, times] of this.device.begun) expect([infusionId, times]).toEqual([infusionId, 1]);
    if (!this.#isUp) return;
    const infusions = this.#states();
    expect(infusions.filter(({ source, state }) => source === 'server' && isOpenInfusion(state)).length).toBeLessThan(
      2,
    );
    for (const { infusionId, confirmedAt } of infusions) {
      if (confirmedAt !== null) expect(this.device.begun.has(infusionId)).toBe(true);
    }
  }

  /** Everything comes through, and nobody does anything any more. */
  async settle(): Promise<void> {
    this.fleet.isLineUp = true;
    this.crash();
    this.boot();
    for (let round = 0; round < 60; round++) {
      while (this.#down.length > 0) this.deliver();
      this.device.status();
      while (this.device.out.length > 0) this.hear();
      await this.fleet.clock.advance(round < 50 ? 1_000 : 11_000);
      this.fleet.orders.presence.presence(DEVICE_ID, 'online', null);
    }
    while (this.#down.length > 0) this.deliver();
    while (this.device.out.length > 0) this.hear();
  }

  checkSettled(): void {
    this.check();
    const { active, given } = this.device;
    const infusions = this.#states();
    const open = infusions.filter(({ state }) => isOpenInfusion(state));
    expect(open.map(({ infusionId, state }) => [infusionId, state])).toEqual(
      active === null ? [] : [[active.infusionId, active.isPaused ? 'paused' : 'running']],
    );
    for (const { infusionId, state, deliveredMl } of infusions) {
      if (state === 'completed') expect(deliveredMl).toBe(given.get(infusionId));
    }
    expect(this.fleet.orders.records.commands(DEVICE_ID).filter(({ command }) => command === 'STOP_INFUSION')).toEqual(
      [],
    );
    expect(this.fleet.alarms().filter((alarm) => /^(stop-not-proven|unanswered) on$/.test(alarm))).toEqual([]);
  }

  #tell({ name, body, header }: Up): void {
    this.fleet.see({ boot: header.boot });
    this.fleet.tell(name, body, { header });
  }

  #states() {
    return this.#isUp ? this.fleet.orders.infusions.list(DEVICE_ID, { limit: 500 }).items : [];
  }
}

type Step = (world: World) => void | Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
  start: (world) => world.order('start'),
  cancel: (world) => world.order('CANCEL'),
  stop: (world) => world.order('STOP_INFUSION'),
  pause: (world) => world.order('PAUSE_INFUSION'),
  resume: (world) => world.order('RESUME_INFUSION'),
  deliver: (world) => world.deliver(),
  lose: (world) => world.lose(),
  repeat: (world) => world.repeat(),
  hear: (world) => world.hear(),
  hearAll: (world) => {
    while (world.device.out.length > 0) world.hear();
  },
  retained: (world) => world.tellOld('retained'),
  foreign: (world) => world.tellOld('foreign'),
  accept: (world) => world.device.accept(),
  reject: (world) => world.device.reject(),
  own: (world) => world.device.beginOwn(),
  finish: (world) => world.device.end('completed'),
  progress: (world) => world.device.progress(),
  status: (world) => world.device.status(),
  reboot: (world) => world.device.reboot(),
  crash: (world) => world.crash(),
  boot: (world) => world.boot(),
  lineDown: (world) => world.line(false),
  lineUp: (world) => world.line(true),
  moment: ({ fleet }) => fleet.clock.advance(100),
  seconds: ({ fleet }) => fleet.clock.advance(5_100),
  long: ({ fleet }) => fleet.clock.advance(31_000),
};

/** What makes a life go on is drawn more often than what breaks it. */
const OFTEN = ['start', 'deliver', 'deliver', 'hear', 'hearAll', 'accept', 'moment', 'seconds', 'boot', 'lineUp'];
const NAMES = [...Object.keys(STEPS), ...OFTEN];

it('an infusion begins once at most, and in the end the server knows what the device does', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...NAMES), { maxLength: 60 }), async (names) => {
      const world = new World();
      try {
        for (const name of names) {
          await STEPS[name]?.(world);
          await world.fleet.clock.advance(0);
          world.check();
        }
        await world.settle();
        world.checkSettled();
      } finally {
        world.crash();
      }
    }),
    { numRuns: 100 },
  );
});
