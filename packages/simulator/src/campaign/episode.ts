import type { Random } from '@perista/core';
import type { DueSlot } from '../checker/slot-book.ts';
import type { Fault, Scene } from '../faults/fault.ts';
import { FAULT_TABLE } from '../faults/fault-table.ts';
import { askNow, releaseStop } from '../faults/user-acts.ts';
import type { UnitWorld } from '../world/unit-world.ts';
import type { Occasion } from './day.ts';

/** Once nothing is wrong any more, the unit comes a step nearer to rest within this time, ms. */
const SETTLE_BOUND_MS = 90_000;
/** Somebody comes to look when it does not by itself. */
const CARE_AFTER_MS = 15_000;
const LOOK_MS = 100;
/** Faults strike around the order: so long before it at most, and after it. */
const BEFORE_MS = 300;
const AFTER_MS = 5_000;
/** Whoever slept hears of the others first: clocks that drift have come apart by seconds. */
const WAKE_MS = 1_100;
/** A user who gets no answer tries again, with the same key. */
const TRIES = 4;
const TRY_AGAIN_MS = 1_500;

interface Actor {
  readonly name: string;
  readonly fault: Fault;
  readonly random: Random;
}

/** What happens around one occasion: orders, whatever strikes meanwhile, and rest afterwards. */
export class Episode {
  readonly #world: UnitWorld;
  readonly #actors: readonly Actor[];
  readonly #strikes: Record<string, number>;
  #orders = 0;
  #slots = 0;
  #underWay = 0;

  constructor(world: UnitWorld, faults: readonly string[], strikes: Record<string, number>) {
    this.#world = world;
    this.#strikes = strikes;
    this.#actors = faults.flatMap((name) => {
      const fault = FAULT_TABLE[name];
      const { channels, calendar, outside } = world.plan;
      const hasPeers = outside.channels.length > 0 || outside.hasRemoteLog;
      const isIdle =
        fault === undefined ||
        (fault.needsRelays === true && channels === null) ||
        (fault.needsSchedules === true && calendar.schedules.length === 0) ||
        (fault.needsBroker === true && !outside.hasBroker) ||
        (fault.needsPeers === true && !hasPeers) ||
        (fault.needsOutside === true && !outside.hasBroker && !hasPeers);
      return isIdle ? [] : [{ name, fault, random: world.chance(`fault ${name}`) }];
    });
  }

  async live({ orders }: Occasion): Promise<void> {
    const { clock } = this.#world;
    const [first] = orders;
    if (first === undefined) return;
    await clock.advance(WAKE_MS);
    const key = `order-${this.#orders + 1}`;
    const isStruck = this.#letStrike({ orderedPumpId: first.pumpId, volumeMl: first.request.volume_ml, key }, 0);
    if (isStruck) await clock.advance(BEFORE_MS);
    for (const { pumpId, request } of orders) {
      const name = `order-${++this.#orders}`;
      this.#letRun(this.#order(pumpId, request, name));
      await clock.advance(0);
    }
    await this.settle();
  }

  /** Lives through a dose of the calendar: the unit doses by itself. */
  async liveDue({ pumpId, dueMs, doseId }: DueSlot, volumeMl: number): Promise<void> {
    const { clock } = this.#world;
    await clock.advance(WAKE_MS);
    const untilDueMs = Math.max(0, dueMs - clock.wallMs());
    const key = `beside-${doseId}-${++this.#slots}`;
    this.#letStrike({ orderedPumpId: pumpId, volumeMl, key }, Math.max(0, untilDueMs - BEFORE_MS));
    await clock.advance(untilDueMs);
    await this.settle();
  }

  /** Whether anything will strike around the occasion, from `fromMs` on. */
  #letStrike(scene: Pick<Scene, 'orderedPumpId' | 'volumeMl' | 'key'>, fromMs: number): boolean {
    const struck = this.#actors.filter(({ fault, random }) => random.unit() < fault.share);
    for (const actor of struck) {
      const inMs = fromMs + actor.random.unit() * (BEFORE_MS + AFTER_MS) * actor.random.unit();
      this.#underWay++;
      this.#world.clock.after(inMs, () => {
        this.#underWay--;
        this.#strike(actor, scene);
      });
    }
    return struck.length > 0;
  }

  /** Lives on until nothing is open; what still is after the bound is a violation. */
  async settle(): Promise<void> {
    if (!(await this.#rest())) return;
    if ((await this.#careForIt()) && !(await this.#rest())) return;
    const books = this.#world.books();
    if (books !== null) this.#world.tell({ kind: 'quiet', books });
  }

  async #rest(): Promise<boolean> {
    const { clock, checker } = this.#world;
    let progressMs = clock.monotonicMs();
    let caredMs = progressMs;
    let before: string | null = null;
    for (;;) {
      await clock.advance(LOOK_MS);
      if (checker.violation !== null) return false;
      const nowMs = clock.monotonicMs();
      const why = this.#underWay > 0 ? null : this.#world.unrest();
      if (why === null && this.#underWay === 0) return true;
      if (why === null || why !== before) {
        progressMs = nowMs;
        caredMs = nowMs;
      }
      before = why;
      if (nowMs > caredMs + CARE_AFTER_MS) {
        caredMs = nowMs;
        await this.#careForIt();
      }
      if (nowMs > progressMs + SETTLE_BOUND_MS && why !== null) {
        this.#world.tell({ kind: 'unrest', why });
        return false;
      }
    }
  }

  async #order(pumpId: string, request: Occasion['orders'][number]['request'], key: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await askNow(this.#world, (door) => door.order(pumpId, request, key));
      this.#world.tell({ kind: 'order-answered', pumpId, key, volumeMl: request.volume_ml, answer });
      if (answer.kind === 'done' || answer.kind === 'refused') return;
      await this.#world.sleep(TRY_AGAIN_MS);
    }
  }

  #strike(actor: Actor, about: Pick<Scene, 'orderedPumpId' | 'volumeMl' | 'key'>): void {
    const world = this.#world;
    const chance = actor.random.unit();
    const oneOf = (pumpIds: Iterable<string>) => {
      const all = [...pumpIds];
      return all[Math.floor(chance * all.length)] ?? about.orderedPumpId;
    };
    const pumpId = oneOf(world.chronicle.pumps.keys());
    this.#strikes[actor.name] = (this.#strikes[actor.name] ?? 0) + 1;
    world.tell({ kind: 'fault', name: actor.name, detail: pumpId });
    this.#letRun(
      actor.fault.strike({ world, random: actor.random, pumpId, boardId: oneOf(world.boards.keys()), ...about }),
    );
  }

  /** The episode lasts until `work` is done. */
  #letRun(work: Promise<void>): void {
    this.#underWay++;
    const over = () => {
      this.#underWay--;
    };
    work.then(over, (thrown: unknown) => {
      over();
      this.#world.onStray(thrown);
    });
  }

  /** An operator looks after the unit: stops are released, and pumps that wait for somebody. Whether anything had to be done. */
  async #careForIt(): Promise<boolean> {
    const world = this.#world;
    const books = world.books();
    if (books === null) return true;
    if (books.isLatched) await world.clock.until(releaseStop(world), 60_000);
    for (const pumpId of books.lockedPumps) {
      world.tell({ kind: 'pump-released', pumpId });
      await world.clock.until(
        askNow(world, (door) => door.releasePump(pumpId)),
        60_000,
      );
    }
    return books.isLatched || books.lockedPumps.length > 0;
  }
}
