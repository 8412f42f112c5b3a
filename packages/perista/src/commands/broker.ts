import { setPriority } from 'node:os';
import {
  aedesBroker,
  ClientDoor,
  isLoopback,
  LIMITS,
  openLocal,
  openTcp,
  startBroker,
} from '@perista/controller/broker';
import { PeristaError } from '@perista/core';
import { removeBrokerFile, writeBrokerFile } from '../mqtt/broker-file.ts';
import { brokerSocket } from '../process/runtime-folder.ts';
import { runUnitProcess } from '../process/unit-process.ts';

/** Whatever floods it waits for those who drive pumps. */
const NICENESS = 10;

/** `perista broker`: the MQTT broker of a unit that uses no other. It may be flooded and die; nothing else does with it. */
export const broker = (args: readonly string[]): Promise<number> =>
  runUnitProcess('broker', args, async ({ settings, clock, log }) => {
    const { dataDir, doserId, mqttHost: host, mqttPort: port } = settings;
    const { homeAssistantPrefix: prefix, homeAssistantStatusTopic: statusTopic } = settings;
    if (port === 'off') throw new PeristaError('E306', 'PERISTA_MQTT_PORT is off: there is no broker to run');
    setPriority(NICENESS);
    const door = new ClientDoor({ letsAnonymousIn: isLoopback(host) });
    const running = await startBroker({
      ...{ clock, log, host, port },
      broker: await aedesBroker({ clock, log, names: { doserId, homeAssistant: { prefix, statusTopic } }, door }),
      openTcp: (onSocket) => openTcp({ host, port, most: LIMITS.sockets }, onSocket),
      openOwn: (onSocket) => openLocal(brokerSocket(dataDir), onSocket),
      onState: (state) => writeBrokerFile(dataDir, { ...state, pid: process.pid }),
    });
    return {
      ...(running.state.kind === 'open' && { address: running.state.url }),
      async stop() {
        await running.stop();
        removeBrokerFile(dataDir);
      },
    };
  });
