import { type Clock, type Log, PeristaError, type Random, seededRandom, sleep } from '@perista/core';
import { busOf, chipsOfRelayUnit } from './chips/relay-unit-chips.ts';
import { boardOf, type EmulatedPump } from './emulated-pump.ts';
import { EmulatedInputs, inputPort } from './inputs/emulated-inputs.ts';
import { EmulatedLine } from './line/emulated-line.ts';
import { boundPort, LOOPBACK, TcpLine } from './line/tcp-line.ts';
import type { EmulatedRelayPump } from './relay/emulated-relay-pump.ts';
import { EmulatedRelays } from './relay/emulated-relays.ts';
import { relayPort } from './relay/relay-port.ts';
import { StateKeeper } from './state-keeper.ts';
import { FaultDesk } from './window/fault-desk.ts';
import { buildWindow } from './window/window.ts';

export interface EmulatedHardwareOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly pumps: readonly EmulatedPump[];
  /** Pumps of the relays on the line `relays`, with the chips of a relay unit on the line `i2c`; none if not given. */
  readonly relayPumps?: readonly EmulatedRelayPump[];
  /** 0: chosen by the kernel. */
  readonly windowPort: number;
  /** By line id; lines without one get a port from the kernel. */
  readonly linePorts?: Readonly<Record<string, number>>;
  /** Where the boards keep what they know while this process is away; without it they are new each time. */
  readonly stateFile?: string;
  /** Content of the FRAM; without it the chip is blank each time. */
  readonly framFile?: string;
}

export interface EmulatedHardware {
  readonly windowPort: number;
  /** `tcp://127.0.0.1:port` by line id. */
  readonly lines: Readonly<Record<string, string>>;
  close(): Promise<void>;
  /** For when nobody will command the boards any more: ends free runs, waits for moves to end, then closes. */
  restAndClose(): Promise<void>;
}

/** Ids of the lines that have the relays, and the chips of their unit. */
const RELAY_LINE = 'relays';
const I2C_LINE = 'i2c';
/** Id of the line that tells the inputs of all pumps. */
const INPUT_LINE = 'inputs';

/** The longest wait for shafts to rest, and how often to look, ms. */
const REST_LIMIT_MS = 2000;
const REST_LOOK_MS = 20;

/** Boards, motors and heads in this process; serial lines on TCP ports and the window on HTTP, all on the loopback. */
export async function startEmulatedHardware(options: EmulatedHardwareOptions): Promise<EmulatedHardware> {
  const { clock, log, pumps } = options;
  const keeper = new StateKeeper(options);
  // Each start gives the same, motion for motion: what holds for 19 doses of 20 is no matter of luck to who checks it.
  const built = (pump: EmulatedPump) =>
    boardOf(pump, { ...options, scatter: seededRandom(pump.seed), onChange: keeper.save });
  const boards = new Map(pumps.map((pump) => [pump.id, built(pump)]));
  const inputs = new EmulatedInputs([...boards.keys()]);
  const desk = new FaultDesk(boards, clock, inputs);
  const relays = new EmulatedRelays({ ...options, pumps: options.relayPumps ?? [] });
  const chips = relays.channels === 0 ? null : chipsOfRelayUnit({ ...options, onRtcChange: keeper.save });
  keeper.resume(boards, desk, chips?.rtc ?? null);
  const window = buildWindow(boards, desk, relays, chips);
  const boardLines = groupByLine(pumps).map(([id, members]) => {
    const onLine = members.map(({ id: pumpId }) => boards.get(pumpId)).filter((board) => board !== undefined);
    return { id, line: new EmulatedLine({ clock, boards: onLine, baud: members[0].baud }) };
  });
  const ofRelayUnit =
    chips === null
      ? []
      : [
          { id: RELAY_LINE, line: relayPort(relays) },
          { id: I2C_LINE, line: busOf(chips) },
        ];
  const inputLine = { id: INPUT_LINE, line: inputPort(inputs) };
  const lines = [...boardLines, ...ofRelayUnit, inputLine].map(({ id, line }) => ({
    id,
    tcp: new TcpLine(line, clock, log),
  }));
  const close = async () => {
    await Promise.all([window.close(), ...lines.map(({ tcp }) => tcp.close())]);
    desk.stop();
    chips?.fram.close();
    keeper.close();
  };
  try {
    await window.listen({ host: LOOPBACK, port: options.windowPort }).catch(inUse('window', options.windowPort));
    for (const { id, tcp } of lines) {
      const port = options.linePorts?.[id] ?? 0;
      await tcp.listen(port).catch(inUse(`line ${id}`, port));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    windowPort: boundPort(window.server),
    lines: Object.fromEntries(lines.map(({ id, tcp }) => [id, `tcp://${LOOPBACK}:${tcp.port}`])),
    close,
    async restAndClose() {
      await Promise.all(lines.map(({ tcp }) => tcp.close()));
      for (const board of boards.values()) board.endFreeRun();
      relays.drive(null);
      const lateMs = clock.monotonicMs() + REST_LIMIT_MS;
      while (![...boards.values()].every((board) => board.resting()) && clock.monotonicMs() < lateMs) {
        await sleep(clock, REST_LOOK_MS);
      }
      await close();
    },
  };
}

function groupByLine(pumps: readonly EmulatedPump[]): [string, [EmulatedPump, ...EmulatedPump[]]][] {
  const lines = new Map<string, [EmulatedPump, ...EmulatedPump[]]>();
  for (const pump of pumps) {
    const id = pump.line ?? pump.id;
    const others = lines.get(id);
    if (others === undefined) lines.set(id, [pump]);
    else others.push(pump);
  }
  return [...lines];
}

function inUse(what: string, port: number): (cause: unknown) => never {
  return (cause) => {
    const message = `Port ${port} for the ${what} of the emulated hardware cannot be opened on ${LOOPBACK}.`;
    throw new PeristaError('E305', message, { cause });
  };
}
