import { type BrokerAccess, type MqttBroker, mqttJsBroker } from '@perista/controller/mqtt';
import { type BrokerSettings, unitBrokerUrl } from './broker-options.ts';

/** The broker that the unit of these settings uses, wherever it is at each attempt: one that comes along may have moved. */
export function unitBroker(settings: BrokerSettings): MqttBroker {
  const { mqttUsername: username, mqttPassword: password } = settings;
  const at = (url: string) => mqttJsBroker({ url, username, password } satisfies BrokerAccess);
  let last: { url: string; broker: MqttBroker } | null = null;
  return {
    get address() {
      return unitBrokerUrl(settings);
    },
    dial(options) {
      const url = unitBrokerUrl(settings);
      if (last?.url !== url) last = { url, broker: at(url) };
      return last.broker.dial(options);
    },
  };
}
