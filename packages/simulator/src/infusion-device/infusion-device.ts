import type { MqttBroker, Publication } from '@perista/controller/mqtt';
import { type Cancel, type Clock, DEFAULT_INFUSION_LIMITS, type Random } from '@perista/core';
import { type Dialect, deviceTopic, readCommand, type UpTopicName } from '@perista/protocol/fleet';
import { normal } from '../pump/chance.ts';
import type { AlarmCode } from './device-alarms.ts';
import { DeviceLine } from './device-line.ts';
import { nextDueMs, stepDevice } from './device-machine.ts';
import { bootedState, type DeviceMemory, forgotten, keptOf } from './device-memory.ts';
import type {
  DeviceBuild,
  DeviceEffect,
  DeviceInput,
  DevicePrompt,
  DeviceState,
  Moment,
  Press,
  Quirks,
} from './device-state.ts';
import { publicationOf, speaksOf } from './envelope.ts';
import { type Habits, happens } from './habits.ts';
import { Mischief } from './mischief.ts';
import { SampleMemory } from './sample-memory.ts';

const FIRMWARE = 'perista-emulated 1.0';
/** Pumps of one kind differ so much, as a share. */
const GAIN_SD = 0.005;
const PERIOD_MS = 1_000;
const KEPT_SAMPLES = 600;
const SAMPLES_A_MESSAGE = 500;
/** From power off to the first word. */
const BOOT_MS = 2_000;
const [LEAST_CLOCK_ERROR_MS, MOST_CLOCK_ERROR_MS] = [3_600_000, 365 * 86_400_000];

/** What happens to a device, for whoever looks on. */
export type DeviceHappening =
  | DevicePrompt
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: string }
  | { readonly kind: 'command'; readonly input: DeviceInput }
  | { readonly kind: 'told'; readonly name: UpTopicName; readonly body: object }
  | { readonly kind: 'booted'; readonly boot: number };

export interface DevicePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly broker: MqttBroker;
}

export interface DeviceOptions {
  readonly id: string;
  readonly memory: DeviceMemory;
  /** `v0`: plain payloads without a header, ids and acknowledgements. */
  readonly dialect?: Dialect;
  /** Between two messages of progress, ms. */
  readonly periodMs?: number;
  /** For whoever missed some. */
  readonly keptSamples?: number;
  readonly habits?: Habits;
  readonly onHappening?: (happening: DeviceHappening) => void;
}

/** An infusion pump that exists in a process alone, and behaves as one of the field does at its MQTT topics. */
export class InfusionDevice {
  readonly #ports: DevicePorts;
  readonly #options: DeviceOptions;
  readonly #dialect: Dialect;
  readonly #build: DeviceBuild;
  readonly #habits: Habits;
  readonly #line: DeviceLine;
  readonly #samples: SampleMemory;
  readonly #mischief: Mischief;
  readonly #clockErrorMs: number;
  #state: DeviceState;
  #isOn = false;
  #seq = 0;
  #session = 0;
  #cancelWake: Cancel = () => {};
  #cancelBoot: Cancel = () => {};

  constructor(ports: DevicePorts, options: DeviceOptions) {
    const { clock, random } = ports;
    const { id, memory, dialect = 'v1', periodMs = PERIOD_MS, keptSamples = KEPT_SAMPLES, habits = {} } = options;
    this.#ports = ports;
    this.#options = options;
    this.#dialect = dialect;
    this.#habits = habits;
    const gain = normal(random, 1, GAIN_SD);
    this.#build = { id, firmwareVersion: FIRMWARE, periodMs, gain, limits: DEFAULT_INFUSION_LIMITS };
    this.#samples = new SampleMemory(keptSamples);
    this.#mischief = new Mischief(habits, ports);
    this.#clockErrorMs = happens(habits, 'wrong-clock', random) ? clockError(random) : 0;
    this.#state = bootedState(memory.load(), clock.monotonicMs());
    this.#line = new DeviceLine(ports, {
      // Brokers let a device tell what is its own by the name under which it comes.
      clientId: id,
      filter: deviceTopic(id, 'commands'),
      will: () => this.#will(),
      onUp: () => {
        this.#hear({ kind: 'connected' });
        this.#take({ kind: 'connected' });
      },
      onDown: (reason) => this.#hear({ kind: 'disconnected', reason }),
      onArrival: (arrival) => {
        const input = this.#isOn ? readCommand(arrival) : null;
        if (input === null) return;
        this.#hear({ kind: 'command', input });
        this.#take(input);
      },
    });
  }

  get id(): string {
    return this.#build.id;
  }

  get state(): DeviceState {
    return this.#state;
  }

  get isConnected(): boolean {
    return this.#line.isUp;
  }

  start(): void {
    this.#switchOn();
    this.#line.start();
  }

  /** Switches it off in good order: how far it came is told, and that it is offline. */
  async stop(): Promise<void> {
    if (this.#isOn) this.#take({ kind: 'power-off' });
    this.#switchOff();
    await this.#line.stop(this.#status('offline', ++this.#seq));
  }

  press(press: Press): void {
    this.#take({ kind: 'press', press });
  }

  setAlarm(code: AlarmCode, isOn: boolean): void {
    this.#take({ kind: 'alarm', code, isOn });
  }

  tell(name: 'progress' | 'status'): void {
    this.#take({ kind: 'tell', name });
  }

  /** The broker tells its will. Without an end until {@link comeBack}. */
  loseConnection(forMs?: number): void {
    if (this.isConnected) this.#hear({ kind: 'disconnected', reason: 'it was cut' });
    this.#line.drop(forMs);
  }

  comeBack(): void {
    this.#line.comeBack();
  }

  /** Connected, and tells nothing for so long, ms. */
  hush(forMs: number): void {
    this.#mischief.hush(forMs);
  }

  /** Its power is cut, and comes again. What it told nobody is lost; `forgets`: so is all that it knew. */
  reboot({ forgets = false } = {}): void {
    if (!this.#isOn) return;
    const { memory } = this.#options;
    if (forgets) memory.save(forgotten(this.#state.boot));
    else memory.save(keptOf(this.#step({ kind: 'power-off' }).state));
    this.#switchOff();
    this.#line.forget();
    this.#line.drop();
    const { clock } = this.#ports;
    this.#cancelBoot = clock.after(BOOT_MS, () => {
      this.#state = bootedState(memory.load(), clock.monotonicMs());
      this.#switchOn();
      this.#line.comeBack();
    });
  }

  #switchOn(): void {
    this.#isOn = true;
    this.#seq = 0;
    this.#session = 0;
    this.#samples.forget();
    this.#options.memory.save(keptOf(this.#state));
    this.#hear({ kind: 'booted', boot: this.#state.boot });
    this.#rearm();
  }

  #switchOff(): void {
    this.#isOn = false;
    this.#cancelWake();
    this.#cancelBoot();
  }

  #take(input: DeviceInput): void {
    if (!this.#isOn) return;
    const { state, effects } = this.#step(input);
    this.#state = state;
    // First it knows, then it tells: nobody is told what a power cut undoes.
    if (effects.some(({ kind }) => kind === 'remember')) this.#options.memory.save(keptOf(state));
    for (const effect of effects) this.#perform(effect);
    this.#rearm();
  }

  #step(input: DeviceInput) {
    return stepDevice(this.#state, input, this.#build, this.#moment(), this.#quirks(input));
  }

  #rearm(): void {
    this.#cancelWake();
    const { clock } = this.#ports;
    const inMs = nextDueMs(this.#state) - clock.monotonicMs();
    this.#cancelWake = clock.after(Math.max(0, inMs), () => this.#take({ kind: 'tick' }));
  }

  #perform(effect: DeviceEffect) {
    switch (effect.kind) {
      case 'remember':
        return;
      case 'tell':
        return this.#tell(effect.name, effect.body);
      case 'tell-again':
        return this.#tellAgain(effect);
      default:
        return this.#hear(effect);
    }
  }

  #tell(name: UpTopicName, body: object): void {
    // A state is told anew with the next connection; it takes no number that nobody would see.
    if (!speaksOf(this.#dialect, name) || (name === 'status' && !this.#line.isUp)) return;
    const seq = ++this.#seq;
    if (name === 'progress') this.#samples.keep({ seq, atMs: this.#ports.clock.monotonicMs(), body });
    const said = name === 'status' ? { ...body, session: this.#session } : body;
    this.#hear({ kind: 'told', name, body: said });
    for (const out of this.#mischief.spoil(name, this.#publication(name, said, seq))) this.#line.send(out);
  }

  #tellAgain({ boot, fromSeq, toSeq }: { boot: number; fromSeq: number; toSeq: number }): void {
    const nowMs = this.#ports.clock.monotonicMs();
    const found = boot === this.#state.boot ? this.#samples.between(fromSeq, toSeq) : [];
    const samples = found.map(({ seq, atMs, body }) => ({ boot, seq, ageMs: Math.round(nowMs - atMs), ...body }));
    let from = fromSeq;
    for (let first = 0; first === 0 || first < samples.length; first += SAMPLES_A_MESSAGE) {
      const part = samples.slice(first, first + SAMPLES_A_MESSAGE);
      const isLast = first + SAMPLES_A_MESSAGE >= samples.length;
      const to = isLast ? toSeq : (part.at(-1)?.seq ?? toSeq);
      this.#tell('backfill', { fromSeq: from, toSeq: to, samples: part });
      from = to + 1;
    }
  }

  /** Counts connections, so that an old one's will is known as such; and has no place in the order of messages. */
  #will(): Publication {
    this.#session++;
    return this.#status('offline', 0);
  }

  #status(status: string, seq: number): Publication {
    const body = { status, activeInfusionId: this.#state.run?.infusionId ?? null, session: this.#session };
    return this.#publication('status', body, seq);
  }

  #publication(name: UpTopicName, body: object, seq: number): Publication {
    const { wallMs, isClockTrusted } = this.#moment();
    return publicationOf(this.id, this.#dialect, name, body, { boot: this.#state.boot, seq, wallMs, isClockTrusted });
  }

  #moment(): Moment {
    const { clock } = this.#ports;
    const isClockTrusted = this.#clockErrorMs === 0;
    return { nowMs: clock.monotonicMs(), wallMs: clock.wallMs() + this.#clockErrorMs, isClockTrusted };
  }

  #quirks(input: DeviceInput): Quirks {
    const isStop = input.kind === 'command' && input.message.command === 'STOP_INFUSION';
    const isAccept = input.kind === 'press' && input.press.action === 'accept';
    const { random } = this.#ports;
    return {
      ignoresStop: isStop && happens(this.#habits, 'ignores-stop', random),
      echoFactor: isAccept && happens(this.#habits, 'other-parameters', random) ? 2 : 1,
    };
  }

  #hear(happening: DeviceHappening): void {
    this.#options.onHappening?.(happening);
  }
}

function clockError(random: Random): number {
  const size = LEAST_CLOCK_ERROR_MS + random.unit() * (MOST_CLOCK_ERROR_MS - LEAST_CLOCK_ERROR_MS);
  return random.unit() < 0.5 ? size : -size;
}
