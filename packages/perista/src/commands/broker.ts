import { setPriority } from 'node:os';
import { join } from 'node:path';
import {
  aedesBroker,
  argon2Hasher,
  ClientDoor,
  isLoopback,
  KNOCK_RULES,
  LIMITS,
  NodeSqliteStore,
  openLocal,
  openTcp,
  PasswordCheck,
  startBroker,
  UserBook,
  watchUsers,
} from '@perista/controller/broker';
import { PeristaError } from '@perista/core';
import { removeBrokerFile, writeBrokerFile } from '../mqtt/broker-file.ts';
import { brokerSocket } from '../process/runtime-folder.ts';
import { type ProcessPorts, runUnitProcess } from '../process/unit-process.ts';

/** Whatever floods it waits for those who drive pumps. */
const NICENESS = 10;

/** `perista broker`: the MQTT broker of a unit that uses no other. It may be flooded and die; nothing else does with it. */
export const broker = (args: readonly string[]): Promise<number> =>
  runUnitProcess('broker', args, async (ports) => {
    const { settings, clock, log } = ports;
    const { dataDir, doserId, mqttHost: host, mqttPort: port } = settings;
    const { homeAssistantPrefix: prefix, homeAssistantStatusTopic: statusTopic } = settings;
    if (port === 'off') throw new PeristaError('E306', 'PERISTA_MQTT_PORT is off: there is no broker to run');
    setPriority(NICENESS);
    const database = join(dataDir, 'perista.sqlite');
    const users = new UserBook({ clock, open: () => new NodeSqliteStore(database, 'READ') });
    const names = { doserId, homeAssistant: { prefix, statusTopic } };
    const inside = await aedesBroker({ clock, log, names, door: await doorTo(users, ports) });
    const running = await startBroker({
      ...{ clock, log, host, port },
      broker: inside,
      openTcp: (onSocket) => openTcp({ host, port, most: LIMITS.sockets }, onSocket),
      openOwn: (onSocket) => openLocal(brokerSocket(dataDir), onSocket),
      onState: (state) => writeBrokerFile(dataDir, { ...state, pid: process.pid }),
    });
    const watch = watchUsers({ clock, log, users, broker: inside });
    return {
      ...(running.state.kind === 'open' && { address: running.state.url }),
      async stop() {
        watch.stop();
        await running.stop();
        removeBrokerFile(dataDir);
      },
    };
  });

async function doorTo(users: UserBook, { settings, clock, random }: ProcessPorts): Promise<ClientDoor> {
  const passwords = await PasswordCheck.start({ users, hasher: argon2Hasher(), clock, random, rules: KNOCK_RULES });
  const boundDevices = () => users.boundDevices();
  return new ClientDoor({ letsAnonymousIn: isLoopback(settings.mqttHost), passwords, boundDevices });
}
