import { isPeristaError, PeristaError } from '@perista/core';
import { guardRelays, pipedRelayLines, type SerialPort } from '@perista/drivers';
import { relayPort } from '../relay/relay-port.ts';
import { type GuardPipe, guardPipe } from './guard-pipe.ts';
import { Life } from './life.ts';
import { processClock } from './process-clock.ts';
import type { RelayPlant } from './relay-plant.ts';
import type { Surroundings } from './surroundings.ts';

/** From its start until the process reaches for the lines, ms. */
const BOOT_MS = 120;
/** What a write of the lines takes, ms. */
const LINE_MS = 0.4;

/** One run of the guard of the relays. */
export interface GuardRun {
  readonly life: Life;
  readonly run: number;
  /** The agent's end of the pipe to it. */
  readonly pipe: SerialPort;
}

/** Starts the real guard beside the run of the agent that asks for it. */
export function startGuardRun(world: Surroundings, agent: Life, run: number): GuardRun {
  const { relays, composition } = world;
  if (relays === null) throw new Error('the world has no relays to guard');
  const life = new Life((thrown) => world.onBug('guard', thrown));
  life.onEnd(() => world.tell({ kind: 'process-ended', process: 'guard', run }));
  const pipe = guardPipe(world.clock, agent, life);
  const chance = world.chance(`guard ${run}`);
  const plain = processClock(world.clock, life, { originMs: 0, drift: 2e-4 * (chance.unit() - 0.5) });
  const clock = composition.guardClock?.(plain) ?? plain;
  const openLines = pipedRelayLines(() => portOf(world, life, relays), clock);
  const begin = async (far: GuardPipe['far']) => {
    await guardRelays({
      clock,
      openLines: async () => {
        const lines = await openLines();
        if (!life.isOver) world.tell({ kind: 'process-ready', process: 'guard', run });
        return lines;
      },
      pipe: composition.guardPipe?.(far) ?? far,
      stopAsked: new Promise(() => {}),
    });
    life.end();
  };
  world.clock.after(BOOT_MS, () =>
    life.hear(() => {
      begin(pipe.far).catch((thrown: unknown) => (isPeristaError(thrown) ? life.end() : life.fail(thrown)));
    }),
  );
  return { life, run, pipe: pipe.near };
}

/** The lines, for one owner at a time; what was written takes effect though its writer has died. */
function portOf(world: Surroundings, life: Life, relays: RelayPlant): Promise<SerialPort> {
  return life.act(() => {
    if (!world.lineOwner.take(life)) throw new PeristaError('E110', 'The lines have an owner');
    const { channels } = relays;
    const change = world.composition.relayMask?.() ?? ((mask: number) => mask);
    let driven: number | null = null;
    const drive = (channel: number | null) => {
      driven = channel;
      relays.write(change(channel === null ? 0 : 1 << (channel - 1), relays.mask));
    };
    const port = relayPort({
      channels,
      drive,
      get driven() {
        return driven;
      },
    });
    return {
      write: (bytes) =>
        life.act(() => {
          const { supply } = relays;
          world.clock.after(LINE_MS, () => void (relays.supply === supply && port.write(bytes)));
        }),
      onData: (listener) => port.onData((bytes) => life.hear(() => listener(bytes))),
      onClose: () => {},
      close: () => life.act(() => world.lineOwner.giveBack(life)),
    } satisfies SerialPort;
  });
}
