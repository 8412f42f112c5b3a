import type { Cancel, Clock, Random } from '@perista/core';
import { z } from 'zod';
import { jittered } from '../pump/chance.ts';
import { Motor, MotorState } from '../pump/motor.ts';
import { type HeadSettings, PumpHead } from '../pump/pump-head.ts';
import { type MeteredMotion, MeterState, PumpMeter } from '../pump/pump-meter.ts';
import { BoardBody } from './board-body.ts';
import { type Answer, type Command, commandsOf } from './board-commands.ts';
import { type BoardProfile, PROFILES, type ProfileName } from './board-profile.ts';
import { type BoardConditions, type BoardQuirks, DEFAULT_QUIRKS, soundConditions } from './board-quirks.ts';
import { BAUDS, BoardSettings, FACTORY_SETTINGS } from './board-settings.ts';
import { lowByteOfSum, type Request, RequestReader } from './request-reader.ts';

export interface BoardOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How much each motion of its pump gives beside the last; `random` if not given. */
  readonly scatter?: Random;
  readonly profile?: ProfileName;
  readonly quirks?: Partial<BoardQuirks>;
  /** As commissioned; the rest is as shipped. */
  readonly settings?: Partial<BoardSettings>;
  /** The unit of the pump head on the shaft. */
  readonly seed?: number;
  readonly head?: Partial<HeadSettings>;
  /** Turns that its counters show at first, from before this story begins. */
  readonly turnsSincePowerOn?: number;
  /** Called when the board did something that the next process would have to know. */
  readonly onChange?: () => void;
  /** Called when it obeys what nobody sent: noise has passed the checksum of a request that changes something. */
  readonly onGarbled?: () => void;
}

/** Puts a frame on the line, its first bit at `startMs` of the monotonic clock. */
export type Transmit = (frame: Uint8Array, startMs: number, baud: number) => void;

/** What the pump behind a board truly did since it was built. */
export interface PumpTruth {
  readonly trueMl: number;
  readonly revolutions: number;
  readonly turnedMs: number;
  readonly moving: boolean;
  readonly motions: readonly MeteredMotion[];
}

/** All that a board and its pump keep while powered; instants are ms of the monotonic clock they were taken on. */
export const BoardSnapshot = z.strictObject({
  flash: BoardSettings,
  active: BoardSettings,
  encoderOrigin: z.number(),
  angleOrigin: z.number(),
  run: z.number().nullable(),
  motor: MotorState,
  meter: MeterState,
});
export type BoardSnapshot = z.infer<typeof BoardSnapshot>;

/**
 * An MKS-SERVO42C with motor and pump head: bytes in, bytes out, and liquid. It knows the board's manual and nothing of who
 * drives it. Wire times are the business of the line.
 */
export class EmulatedBoard {
  readonly #quirks: BoardQuirks;
  readonly #profile: BoardProfile;
  readonly #conditions: BoardConditions;
  /** Conditions when nothing was made worse. */
  readonly asBuilt: Readonly<BoardConditions>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #commands: ReadonlyMap<number, Command>;
  readonly #reader: RequestReader;
  readonly #body: BoardBody;
  readonly #motor: Motor;
  readonly #meter: PumpMeter;
  readonly #onChange: () => void;
  readonly #onGarbled: () => void;
  #transmit: Transmit = () => {};
  #cancelPending: Cancel = () => {};
  #cancelBoot: Cancel = () => {};
  #deafUntilMs = Number.NEGATIVE_INFINITY;
  #awake = true;

  constructor(options: BoardOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#quirks = { ...DEFAULT_QUIRKS, ...options.quirks };
    this.#profile = PROFILES[options.profile ?? 'v1.1.2'];
    this.asBuilt = soundConditions(this.#quirks);
    this.#conditions = { ...this.asBuilt };
    this.#onChange = options.onChange ?? (() => {});
    this.#onGarbled = options.onGarbled ?? (() => {});
    this.#commands = commandsOf(this.#profile);
    this.#reader = new RequestReader(
      { checksum: this.#profile.requestChecksum, dataBytes: (op) => this.#commands.get(op)?.dataBytes },
      this.#quirks.frameGapMs,
    );
    const head = new PumpHead(options.seed ?? 1, options.head);
    const meter = new PumpMeter(head, this.#clock, options.scatter ?? this.#random);
    this.#meter = meter;
    this.#motor = new Motor(this.#quirks, this.#conditions, (from, to, fromMs, toMs) =>
      meter.turn(from, to, fromMs, toMs),
    );
    this.#body = new BoardBody({
      motor: this.#motor,
      profile: this.#profile,
      quirks: this.#quirks,
      conditions: this.#conditions,
      settings: { ...FACTORY_SETTINGS, ...options.settings },
      random: this.#random,
    });
    this.#motor.state.atMs = this.#clock.monotonicMs();
    this.#body.wake();
    this.#body.countFrom(options.turnsSincePowerOn ?? 0);
  }

  get address(): number {
    return FIRST_ADDRESS + this.#body.active.address;
  }

  get baud(): number {
    return BAUDS[this.#body.active.baud - 1] ?? BAUDS[3];
  }

  /** Where its transmit pin leads. */
  connect(transmit: Transmit): void {
    this.#transmit = transmit;
  }

  /** Bytes whose last bit arrives now. */
  receive(bytes: Uint8Array): void {
    const nowMs = this.#clock.monotonicMs();
    if (!this.#awake || this.#conditions.unplugged || nowMs < this.#deafUntilMs) return;
    for (const request of this.#reader.read(this.#withNoise(bytes), nowMs)) {
      if (request.address !== this.address) continue;
      if (this.#isGarbled(request, bytes)) this.#onGarbled();
      this.#handle(request, nowMs);
    }
  }

  truth(): PumpTruth {
    this.#advance();
    const { trueMl, revolutions, turnedMs, motions } = this.#meter.state;
    return { trueMl, revolutions, turnedMs, moving: this.#motor.turning(), motions };
  }

  /** Turns of its shaft since it was built, forward positive. */
  turns(): number {
    this.#advance();
    return this.#meter.state.revolutions;
  }

  /** Whether its shaft turns at this instant. */
  turning(): boolean {
    this.#advance();
    return this.#motor.turning();
  }

  /** Nothing turns, and nothing will without a command. */
  resting(): boolean {
    this.#advance();
    return this.#motor.resting();
  }

  /** As if its supply were switched off and, `offMs` later, on again. */
  powerCycle(offMs: number): void {
    this.#advance();
    this.#body.losePower();
    this.#cancelPending();
    this.#cancelBoot();
    this.#reader.forget();
    this.#awake = false;
    this.#deafUntilMs = Number.NEGATIVE_INFINITY;
    this.#cancelBoot = this.#clock.after(offMs + this.#quirks.bootMs, () => {
      this.#advance();
      this.#awake = true;
      this.#body.wake();
      this.#onChange();
    });
    this.#onChange();
  }

  /** Holds the shaft once it has turned `afterCounts` more; pulses go on. */
  stall(afterCounts: number): void {
    this.#change(() => this.#motor.stallAfter(afterCounts));
  }

  /** Lets the shaft go: an enabled motor makes up for its angle error at once. */
  unstall(): void {
    this.#change(() => this.#motor.unstall());
  }

  /** Changes what is wrong with it; `asBuilt` holds what is right. */
  change(conditions: Partial<BoardConditions>): void {
    this.#change(() => {
      Object.assign(this.#conditions, conditions);
      this.#motor.heedConditions();
    });
  }

  /** Puts a free run into the flash, as if somebody had sent FF C8 at another time; null forgets it. */
  keepRun(speed: number | null): void {
    this.#change(() => {
      this.#body.flash.savedRun = speed;
    });
  }

  /** Ends what would turn for ever. For whoever owns the emulation: no board offers this on its line. */
  endFreeRun(): void {
    this.#change(() => {
      this.#motor.endRunaway();
      if (this.#motor.state.train?.endMs === null) this.#body.stop();
    });
  }

  /** Lives on with the board: to be written down before anything else happens. */
  snapshot(): BoardSnapshot {
    this.#advance();
    const { flash, active, encoderOrigin, angleOrigin, run } = this.#body;
    return {
      ...{ flash, active, encoderOrigin, angleOrigin, run },
      motor: this.#motor.state,
      meter: this.#meter.state,
    };
  }

  /**
   * Carries on from a snapshot as if it had been powered all the time. `shiftMs` brings its instants to this clock.
   */
  resume(snapshot: BoardSnapshot, shiftMs: number): void {
    const { motor, meter, ...body } = structuredClone(snapshot);
    motor.atMs += shiftMs;
    if (motor.train !== null) motor.train.startMs += shiftMs;
    if (motor.train !== null && motor.train.endMs !== null) motor.train.endMs += shiftMs;
    if (meter.lastTurnMs !== null) meter.lastTurnMs += shiftMs;
    Object.assign(this.#body, body);
    this.#motor.state = motor;
    this.#motor.protect = this.#body.active.stallProtect === 1;
    this.#meter.state = meter;
    this.#advance();
    const { train } = this.#motor.state;
    if (train?.fragile && train.endMs !== null) this.#reportAt(train.endMs);
  }

  #isGarbled(request: Request, sent: Uint8Array): boolean {
    if (this.#conditions.noise === 0 || this.#commands.get(request.op)?.reads) return false;
    return !Buffer.from(rawFrame(request, this.#profile.requestChecksum)).equals(sent);
  }

  #handle(request: Request, nowMs: number): void {
    const command = this.#commands.get(request.op);
    if (command === undefined) return;
    this.#advance();
    if (this.#motor.state.tripped && this.#profile.deafOnceTripped) return;
    if (this.#quirks.repeatsRequests) this.#send(rawFrame(request, this.#profile.requestChecksum), nowMs);
    const aborted = this.#abortsOnCommand();
    const { baud, address } = this;
    const { train } = this.#motor.state;
    const answer = command.run(this.#body, request.data, this.#quirks);
    if (this.#motor.state.train !== train) this.#cancelPending();
    this.#answer(answer, request.op, nowMs, baud, address);
    if (aborted || !command.reads) this.#onChange();
  }

  #abortsOnCommand(): boolean {
    if (!this.#quirks.abortOnCommandDuringFD || !this.#motor.state.train?.fragile) return false;
    this.#motor.cut();
    this.#cancelPending();
    return true;
  }

  #answer(answer: Answer, op: number, nowMs: number, baud: number, address: number): void {
    const atMs =
      answer.atMs ?? nowMs + jittered(this.#random, this.#quirks.turnaroundMs, this.#quirks.turnaroundJitter);
    if (answer.deaf) this.#deafUntilMs = atMs;
    const frame = this.#frame(answer.data, address);
    if (op === READ_ERROR && this.#quirks.trailingZeroOn39) frame.push(0);
    if (answer.atMs === undefined) this.#send(frame, atMs, baud);
    else this.#cancelPending = this.#clock.after(atMs - nowMs, () => this.#send(frame, atMs, baud));
    if (answer.completeAtMs !== undefined) this.#reportAt(answer.completeAtMs);
  }

  #reportAt(atMs: number): void {
    if (!this.#profile.reportsCompletion || this.#random.unit() < this.#conditions.completionLoss) return;
    this.#cancelPending = this.#clock.after(atMs - this.#clock.monotonicMs(), () =>
      this.#send(this.#frame([MOVE_COMPLETE], this.address), atMs),
    );
  }

  #frame(data: readonly number[], address: number): number[] {
    const frame = [address, ...data];
    if (this.#profile.replyChecksum) frame.push(lowByteOfSum(frame));
    return frame;
  }

  #send(frame: readonly number[], startMs: number, baud = this.baud): void {
    if (this.#conditions.unplugged || !this.#awake) return;
    const stray = this.#random.unit() < this.#conditions.strayByteShare ? [...this.#random.bytes(1)] : [];
    this.#transmit(new Uint8Array(this.#withNoise([...stray, ...frame])), startMs, baud);
  }

  #withNoise(bytes: Iterable<number>): Iterable<number> {
    return this.#conditions.noise === 0 ? bytes : damaged(bytes, this.#conditions.noise, this.#random);
  }

  #change(apply: () => void): void {
    this.#advance();
    apply();
    this.#onChange();
  }

  #advance(): void {
    this.#motor.advance(this.#clock.monotonicMs());
  }
}

const FIRST_ADDRESS = 0xe0;
const READ_ERROR = 0x39;
const MOVE_COMPLETE = 2;

function rawFrame({ address, op, data }: Request, checksum: boolean): number[] {
  const frame = [address, op, ...data];
  return checksum ? [...frame, lowByteOfSum(frame)] : frame;
}

/** Each byte may lose or gain a bit, be lost, or be doubled. */
function* damaged(bytes: Iterable<number>, probability: number, random: Random): Generator<number> {
  for (const byte of bytes) {
    const chance = random.unit() / probability;
    if (chance >= 1) yield byte;
    else if (chance < 0.5) yield byte ^ (1 << Math.floor(8 * random.unit()));
    else if (chance < 0.75) yield* [byte, byte];
  }
}
