import { PeristaError } from '@perista/core';
import { startDeviceCrowd } from '@perista/simulator/infusion-device';
import { unitBroker } from '../devices/unit-broker.ts';
import { runUnitProcess } from '../process/unit-process.ts';

/** In front of their numbers: nobody takes them for devices of their own. */
const PREFIX = 'DEMO_';

/** `perista demo-devices`: what the launcher runs beside a unit for somebody who has no devices. */
export const demoDevices = (args: readonly string[]): Promise<number> =>
  runUnitProcess('demo-devices', args, ({ settings, clock, random, log }) => {
    const { mqttUrl, mqttPort } = settings;
    if (mqttUrl === undefined && mqttPort === 'off')
      throw new PeristaError(
        'E306',
        'Emulated devices need an MQTT broker: PERISTA_MQTT_PORT is off, and there is no PERISTA_MQTT_URL',
      );
    const crowd = startDeviceCrowd({
      clock,
      random,
      broker: unitBroker(settings),
      count: settings.demoDevices,
      prefix: PREFIX,
      onHappening(deviceId, happening) {
        if (happening.kind === 'disconnected') log.warn({ deviceId, reason: happening.reason }, 'no MQTT broker');
      },
    });
    return Promise.resolve({ stop: () => crowd.stop() });
  });
