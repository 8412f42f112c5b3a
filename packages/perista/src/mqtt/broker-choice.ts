import type { BrokerAccess } from '@perista/controller';
import type { SettingValues } from '@perista/protocol/settings';
import { brokerSocket } from '../process/runtime-folder.ts';
import { readBrokerFile } from './broker-file.ts';

type Choice = Pick<SettingValues, 'mqttHost' | 'mqttPort' | 'mqttUrl'>;

/** Whether the unit brings its own broker: not where it uses another one, or none. */
export const isBrokerEmbedded = ({ mqttUrl, mqttPort }: Choice): boolean => mqttUrl === undefined && mqttPort !== 'off';

/** The way to the broker that the controller of `dataDir` uses by these settings, if there is one. */
export function brokerAccess(
  settings: Choice & Pick<SettingValues, 'mqttUsername' | 'mqttPassword'>,
  dataDir: string,
): BrokerAccess | undefined {
  const { mqttUrl: url, mqttUsername: username, mqttPassword: password } = settings;
  if (url !== undefined) return { url, username, password };
  if (!isBrokerEmbedded(settings)) return undefined;
  return {
    isOwn: true,
    url: `mqtt+unix://${brokerSocket(dataDir)}`,
    address() {
      const found = readBrokerFile(dataDir);
      return found?.kind === 'open' ? found.url : `mqtt://${settings.mqttHost}:${settings.mqttPort}`;
    },
    trouble() {
      const found = readBrokerFile(dataDir);
      return found?.kind === 'shut' ? found.reason : null;
    },
  };
}
