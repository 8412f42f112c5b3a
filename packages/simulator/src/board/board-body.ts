import type { Random } from '@perista/core';
import { jittered } from '../pump/chance.ts';
import { COUNTS_PER_REV, type Motor, type PulseTrain } from '../pump/motor.ts';
import type { BoardProfile } from './board-profile.ts';
import type { BoardQuirks } from './board-quirks.ts';
import { type BoardSettings, FACTORY_SETTINGS, type NumericSetting } from './board-settings.ts';

const UART_MODE = 2;
const REVERSE_BIT = 0x80;
const CODE_MASK = 0x7f;
/** Speed of the zero moves by setting 0…4, rpm. Only their order is documented. */
const ZERO_RPM = [120, 90, 60, 40, 20] as const;
const NEAR_ZERO_MODE = 2;

/** What a board is beside its serial port: settings, pulse maker and encoder. Acts at the instant its motor stands at. */
export class BoardBody {
  readonly motor: Motor;
  /** Settings in force, and as the next power-on will find them: a restore shows only then. */
  active: BoardSettings;
  flash: BoardSettings;
  /** Shaft angles, in counts, from which the encoder's turns and the shaft angle (0x36) are counted. */
  encoderOrigin = 0;
  angleOrigin = 0;
  /** Speed byte of the free run in force. */
  run: number | null = null;
  readonly #profile: BoardProfile;
  readonly #quirks: BoardQuirks;
  readonly #conditions: { readonly clockError: number };
  readonly #random: Random;

  constructor(parts: {
    motor: Motor;
    profile: BoardProfile;
    quirks: BoardQuirks;
    settings: BoardSettings;
    conditions: { readonly clockError: number };
    random: Random;
  }) {
    this.motor = parts.motor;
    this.#profile = parts.profile;
    this.#quirks = parts.quirks;
    this.#random = parts.random;
    this.#conditions = parts.conditions;
    this.flash = parts.settings;
    this.active = { ...this.flash };
  }

  losePower(): void {
    this.motor.losePower();
    this.run = null;
  }

  /** Power-on: what is volatile starts anew; a saved free run or a zero mode moves the shaft by itself. */
  wake(): void {
    this.active = { ...this.flash };
    this.motor.protect = this.active.stallProtect === 1;
    this.motor.enable(this.#quirks.enabledAtPowerOn || this.active.savedRun !== null);
    this.restartEncoder();
    this.angleOrigin = this.#shaft();
    if (this.active.savedRun !== null) this.runFreely(this.active.savedRun);
    else this.goToZero();
  }

  /** The magnet tells the angle within a turn; whole turns are counted from 0 again. */
  restartEncoder(): void {
    this.encoderOrigin = Math.floor(this.#shaft() / COUNTS_PER_REV) * COUNTS_PER_REV;
  }

  /** Lets all counters show turns that are not told here. */
  countFrom(turns: number): void {
    this.motor.state.pulses += (turns * COUNTS_PER_REV) / this.#countsPerPulse();
    this.encoderOrigin -= turns * COUNTS_PER_REV;
    this.angleOrigin -= turns * COUNTS_PER_REV;
  }

  encoder(): { turns: number; value: number } {
    const counts = this.#shaft() - this.encoderOrigin;
    const turns = Math.floor(counts / COUNTS_PER_REV);
    return { turns, value: counts - turns * COUNTS_PER_REV };
  }

  shaftAngle(): number {
    return this.#shaft() - this.angleOrigin;
  }

  set(setting: NumericSetting, value: number): void {
    this.flash[setting] = value;
    this.active[setting] = value;
    this.motor.protect = this.active.stallProtect === 1;
    if (setting === 'workMode' && value !== UART_MODE) this.stop();
  }

  /** Factory settings, from the next power-on. */
  restore(): void {
    this.flash = { ...FACTORY_SETTINGS };
  }

  enable(enabled: boolean): boolean {
    if (this.active.workMode !== UART_MODE || this.motor.state.tripped) return false;
    this.motor.enable(enabled);
    if (this.#quirks.positionResetsOnEnable) this.restartEncoder();
    return true;
  }

  stop(): boolean {
    this.motor.cut();
    this.run = null;
    if (this.#quirks.runawayHeedsStop) this.motor.endRunaway();
    return this.active.workMode === UART_MODE;
  }

  runFreely(speed: number): boolean {
    if (this.active.workMode !== UART_MODE || this.motor.state.tripped) return false;
    const pulsesPerMs = this.#pulsesPerMs(speed);
    this.motor.cut();
    this.run = speed;
    if (pulsesPerMs !== 0) this.motor.begin(this.#train({ pulsesPerMs, pulses: null, fragile: false }));
    return true;
  }

  /** A move by `count` pulses; tells when its pulses end, or null if it is refused. */
  move(speed: number, count: number): { endMs: number } | null {
    if (this.active.workMode !== UART_MODE || this.motor.state.tripped) return null;
    const pulsesPerMs = this.#pulsesPerMs(speed);
    if (pulsesPerMs === 0) return null;
    this.stop();
    if (count === 0) return { endMs: this.motor.state.atMs };
    return this.#beginCounted(pulsesPerMs, count, true);
  }

  /** Keeps the free run in force for power-on; the motor is let go then (wiki, command 33). */
  saveRun(): boolean {
    if (this.run === null) return false;
    this.flash.savedRun = this.run;
    this.stop();
    this.motor.enable(false);
    return true;
  }

  clearRun(): void {
    this.flash.savedRun = null;
    if (this.#quirks.clearingRunDisables) this.motor.enable(false);
  }

  setZero(): boolean {
    if (this.active.zeroMode === 0) return false;
    this.flash.zeroCounts = this.encoder().value;
    this.active.zeroCounts = this.flash.zeroCounts;
    return true;
  }

  /** Turns to the chosen zero: by the set direction, or the near way. null if there is none. */
  goToZero(): { endMs: number } | null {
    const { zeroMode, zeroCounts, zeroDirection, zeroSpeed } = this.active;
    if (zeroMode === 0 || zeroCounts === null) return null;
    const ahead = (zeroCounts - this.encoder().value + COUNTS_PER_REV) % COUNTS_PER_REV;
    const near = ahead > COUNTS_PER_REV / 2 ? ahead - COUNTS_PER_REV : ahead;
    const byDirection = zeroDirection === 0 || ahead === 0 ? ahead : ahead - COUNTS_PER_REV;
    const counts = zeroMode === NEAR_ZERO_MODE ? near : byDirection;
    this.stop();
    return this.#turnByItself(counts, ZERO_RPM[zeroSpeed] ?? ZERO_RPM[0]);
  }

  /** One turn of the shaft, as the encoder's calibration needs it. */
  calibrate(ms: number): void {
    this.stop();
    this.#turnByItself(COUNTS_PER_REV, 60_000 / ms);
  }

  #turnByItself(counts: number, rpm: number): { endMs: number } {
    if (counts === 0) return { endMs: this.motor.state.atMs };
    const pulses = Math.round(Math.abs(counts) / this.#countsPerPulse());
    const pulsesPerMs = (rpm / 60_000) * (COUNTS_PER_REV / this.#countsPerPulse());
    return this.#beginCounted(Math.sign(counts) * pulsesPerMs, Math.max(1, pulses), false);
  }

  #beginCounted(pulsesPerMs: number, count: number, fragile: boolean): { endMs: number } {
    const train = this.#train({ pulsesPerMs, pulses: Math.sign(pulsesPerMs) * count, fragile });
    const endMs = train.startMs + count / Math.abs(pulsesPerMs);
    this.motor.begin({ ...train, endMs });
    return { endMs };
  }

  #train(what: Pick<PulseTrain, 'pulsesPerMs' | 'pulses' | 'fragile'>): PulseTrain {
    const { startLatencyMs, startLatencyJitter } = this.#quirks;
    const startMs = this.motor.state.atMs + jittered(this.#random, startLatencyMs, startLatencyJitter);
    return { ...what, startMs, endMs: null, countsPerPulse: this.#countsPerPulse(), donePulses: 0 };
  }

  #countsPerPulse(): number {
    return COUNTS_PER_REV / ((this.active.motorType === 1 ? 200 : 400) * this.active.microstep);
  }

  /** Of a speed byte: bit 7 turns in reverse (manual 5.5.2). */
  #pulsesPerMs(speed: number): number {
    const rate = (this.#profile.pulsesPerSecond(speed & CODE_MASK) / 1000) * (1 + this.#conditions.clockError);
    const reverse = ((speed & REVERSE_BIT) !== 0) !== (this.active.direction === 1);
    return reverse ? -rate : rate;
  }

  #shaft(): number {
    return Math.round(this.motor.state.shaftCounts);
  }
}
