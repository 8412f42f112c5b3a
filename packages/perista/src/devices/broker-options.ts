import { readFileSync } from 'node:fs';
import type { BrokerAccess } from '@perista/controller/mqtt';
import { BrokerUrl, BrokerWord } from '@perista/protocol/settings';
import { readBrokerFile } from '../mqtt/broker-file.ts';
import { errnoOf } from '../process/errno.ts';
import type { Settings } from '../settings/settings-loader.ts';

const LOCAL_BROKER = 'mqtt://127.0.0.1:1883';

/** How emulated devices are told where the broker is; the settings of a unit stand in for what is left out. */
export const BROKER_OPTIONS = {
  url: { type: 'string' },
  username: { type: 'string' },
  'password-file': { type: 'string' },
} as const;

export const BROKER_HELP = `  --url URL             mqtt://host:port or mqtts://host:port [PERISTA_MQTT_URL, HIVEMQ_HOST, else
                        the broker of the unit with this data folder, else ${LOCAL_BROKER}]
  --username NAME       [PERISTA_MQTT_USERNAME, HIVEMQ_USERNAME]
  --password-file FILE  its first line [PERISTA_MQTT_PASSWORD, HIVEMQ_PASSWORD]`;

/** Of a unit's settings, those that say where its broker is. */
export type BrokerSettings = Pick<Settings, 'dataDir' | 'mqttUrl' | 'mqttUsername' | 'mqttPassword'>;

/** Where the broker of a unit is now: its own one says so in the data folder. */
export function unitBrokerUrl({ dataDir, mqttUrl }: Pick<BrokerSettings, 'dataDir' | 'mqttUrl'>): string {
  if (mqttUrl !== undefined) return mqttUrl;
  const own = readBrokerFile(dataDir);
  return own?.kind === 'open' ? own.url : LOCAL_BROKER;
}

interface BrokerOrder {
  readonly url?: string | undefined;
  readonly username?: string | undefined;
  readonly 'password-file'?: string | undefined;
}

/** Where the broker is and who comes there, or what is wrong with it, in words. */
export function brokerAccess(order: BrokerOrder, settings: BrokerSettings): BrokerAccess | string {
  const url = order.url ?? unitBrokerUrl(settings);
  const parsed = BrokerUrl.safeParse(url);
  if (!parsed.success) return `--url ${parsed.error.issues[0]?.message}, not "${url}"`;
  const username = order.username ?? settings.mqttUsername;
  const file = order['password-file'];
  if (file === undefined) return { url, username, password: settings.mqttPassword };
  const password = firstLine(file);
  return typeof password === 'string' ? password : { url, username, password: password.line };
}

function firstLine(file: string): { readonly line: string } | string {
  try {
    const [line = ''] = readFileSync(file, 'utf8').split('\n');
    const parsed = BrokerWord.safeParse(line.replace(/\r$/, ''));
    return parsed.success ? { line: parsed.data } : `--password-file ${file}: its first line is no password`;
  } catch (thrown) {
    return `--password-file ${file} cannot be read (${errnoOf(thrown)})`;
  }
}
