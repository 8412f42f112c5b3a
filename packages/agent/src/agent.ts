import { Interlock, randomHex } from '@perista/core';
import type { AgentContext } from './agent-context.ts';
import { UnitImage } from './image/unit-image.ts';
import { InputWatch } from './inputs/input-watch.ts';
import { loadJournal } from './journal/agent-journal.ts';
import { AgentServer } from './link/agent-server.ts';
import { EventPublisher } from './link/event-publisher.ts';
import type { AgentPorts } from './ports.ts';
import { driverSource } from './pumps/drivers.ts';
import { PumpUnits } from './pumps/pump-units.ts';
import { RtcWatch } from './rtc/rtc-watch.ts';
import { EmergencyLatch } from './safety/emergency-latch.ts';
import { SessionEpoch } from './safety/session-epoch.ts';
import { waitAtMost } from './safety/wait-at-most.ts';

/** A stop may take so long that standstill is proven and END written; then the process goes on ending. */
const STOP_WAIT_MS = 8_000;

export interface Agent {
  /** Stops and records running doses, brings all pumps to rest, closes lines, journal and link. */
  stop(): Promise<void>;
}

/**
 * Starts an agent in the order of P16: the journal is read, every board that answers is made safe and what was cut off
 * on it is settled; only then is the link opened. Boards that do not answer are tried again in the background.
 * @throws PeristaError E303 if the journal cannot be used, and what `openFrames` throws
 */
export async function startAgent(ports: AgentPorts): Promise<Agent> {
  const { clock, log, storage } = ports;
  const journal = await loadJournal(storage, log);
  const interlock = new Interlock();
  const drivers = ports.createDriver === undefined ? driverSource(ports) : { create: ports.createDriver, close() {} };
  let publisher: EventPublisher | null = null;
  let isBroken = false;

  const onBroken = (bug: unknown) => {
    if (isBroken) return;
    isBroken = true;
    log.error({ bug: String(bug) }, 'a bug: all pumps are stopped and the agent ends');
    units.stopAll({ cause: 'stop', failure: null }).then(
      () => ports.onBroken(bug),
      () => ports.onBroken(bug),
    );
  };
  const inputs = new InputWatch(ports, ports.inputs);
  const units = new PumpUnits(journal, {
    blockOf: (pumpId) => inputs.blockOf(pumpId),
    clock,
    log,
    journal: journal.doses,
    interlock,
    createDriver: drivers.create,
    onChange: () => publisher?.publishChanges(),
    onBroken,
  });
  const context: AgentContext = {
    clock,
    log,
    version: ports.version,
    session: randomHex(ports.random, 8),
    epoch: new SessionEpoch(journal.epoch),
    latch: new EmergencyLatch(journal.emergencyStop),
    doses: journal.doses,
    interlock,
    units,
    rtc: new RtcWatch(ports, ports.rtc),
    image: ports.openFram === undefined ? null : new UnitImage({ clock, open: ports.openFram }),
    onBroken,
  };

  const closeAll = async () => {
    await inputs.stop();
    await units.close();
    await drivers.close();
    await context.image?.close();
    await storage.close();
  };
  await units.boot();
  await inputs.start((pumpId) => units.find(pumpId)?.onInputs());
  await context.rtc.start();
  const frames = await ports.openFrames().catch(async (thrown: unknown) => {
    await closeAll();
    throw thrown;
  });
  publisher = new EventPublisher(context, frames);
  new AgentServer(context, frames, publisher).start();
  publisher.start();

  return {
    async stop() {
      await waitAtMost(clock, STOP_WAIT_MS, units.rest());
      context.rtc.stop();
      publisher.stop();
      await frames.close();
      await closeAll();
    },
  };
}
