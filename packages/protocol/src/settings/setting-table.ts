import type { z } from 'zod';
import { EntityId, TimeZone } from '../api/identifiers.ts';
import { Password } from '../api/session.ts';
import {
  BearerToken,
  BrokerUrl,
  BrokerWord,
  DemoDeviceCount,
  DoserId,
  FolderName,
  HardwareKind,
  HistoryDays,
  HostName,
  LogLevel,
  MqttPort,
  OnOrOff,
  PortNumber,
  RemoteLogUrl,
  TopicLevels,
} from './rules.ts';

/**
 * One setting: where it may come from and which rule it keeps. Command line beats environment beats what was saved on the
 * Settings screen beats `perista.yaml`.
 */
export interface SettingEntry {
  readonly env: string;
  /** Missing where other users of the machine could read a secret in the list of processes. */
  readonly flag?: string;
  /** Section and key in `perista.yaml`. */
  readonly yaml?: readonly [section: string, key: string];
  /** Section and key under which it is saved while the unit runs; missing where that would make no sense. */
  readonly saved?: readonly [section: string, key: string];
  readonly rule: z.ZodType;
  /** Text of environment and command line is read as a number. */
  readonly numeric?: true;
  readonly secret?: true;
  readonly default?: string | number;
  readonly help: string;
}

export const SETTINGS = {
  dataDir: {
    env: 'PERISTA_DATA_DIR',
    flag: 'data-dir',
    rule: FolderName,
    default: './data',
    help: 'Folder of database, journals and keys',
  },
  httpHost: {
    env: 'PERISTA_HTTP_HOST',
    flag: 'http-host',
    yaml: ['http', 'host'],
    rule: HostName,
    default: '127.0.0.1',
    help: 'Address that web and API listen on',
  },
  httpPort: {
    env: 'PERISTA_HTTP_PORT',
    flag: 'http-port',
    yaml: ['http', 'port'],
    rule: PortNumber,
    numeric: true,
    default: 8080,
    help: 'Port of web and API; 0 = chosen by the kernel',
  },
  adminPassword: {
    env: 'PERISTA_ADMIN_PASSWORD',
    rule: Password,
    secret: true,
    help: 'First password of admin; used only while there is none',
  },
  timezone: {
    env: 'PERISTA_TIMEZONE',
    flag: 'timezone',
    yaml: ['site', 'timezone'],
    saved: ['site', 'timezone'],
    rule: TimeZone,
    default: 'Europe/Warsaw',
    help: 'IANA time zone of the site',
  },
  doserId: {
    env: 'PERISTA_DOSER_ID',
    flag: 'doser-id',
    yaml: ['site', 'doser_id'],
    saved: ['site', 'doser_id'],
    rule: DoserId,
    default: 'doser',
    help: 'First level of the MQTT topics',
  },
  hardware: {
    env: 'PERISTA_HARDWARE',
    flag: 'hardware',
    yaml: ['hardware', 'kind'],
    rule: HardwareKind,
    default: 'emulated',
    help: 'emulated, or real: lines and pumps of perista.yaml',
  },
  emulatorPort: {
    env: 'PERISTA_EMULATOR_PORT',
    flag: 'emulator-port',
    yaml: ['emulator', 'port'],
    rule: PortNumber,
    numeric: true,
    default: 0,
    help: 'Loopback window on the emulated hardware; 0 = chosen by the kernel',
  },
  mqttHost: {
    env: 'PERISTA_MQTT_HOST',
    flag: 'mqtt-host',
    yaml: ['mqtt', 'host'],
    rule: HostName,
    default: '127.0.0.1',
    help: 'Address that the embedded MQTT broker listens on; beyond this machine it demands a login',
  },
  mqttPort: {
    env: 'PERISTA_MQTT_PORT',
    flag: 'mqtt-port',
    yaml: ['mqtt', 'port'],
    rule: MqttPort,
    numeric: true,
    default: 1883,
    help: 'Port of the embedded MQTT broker; 0 = chosen by the kernel, off = no broker',
  },
  demoDevices: {
    env: 'PERISTA_DEMO_DEVICES',
    flag: 'demo-devices',
    rule: DemoDeviceCount,
    numeric: true,
    default: 0,
    help: 'So many emulated remote devices run beside the unit, DEMO_0001 and so on',
  },
  mqttUrl: {
    env: 'PERISTA_MQTT_URL',
    flag: 'mqtt-url',
    yaml: ['mqtt', 'url'],
    saved: ['mqtt', 'url'],
    rule: BrokerUrl,
    help: 'MQTT broker of yours, in place of the embedded one',
  },
  mqttUsername: {
    env: 'PERISTA_MQTT_USERNAME',
    flag: 'mqtt-username',
    yaml: ['mqtt', 'username'],
    saved: ['mqtt', 'username'],
    rule: BrokerWord,
    help: 'Name under which the unit logs in there',
  },
  mqttPassword: {
    env: 'PERISTA_MQTT_PASSWORD',
    saved: ['mqtt', 'password'],
    rule: BrokerWord,
    secret: true,
    help: 'Password for it',
  },
  hubMqttUrl: {
    env: 'PERISTA_HUB_MQTT_URL',
    flag: 'hub-mqtt-url',
    yaml: ['hub', 'mqtt_url'],
    rule: BrokerUrl,
    help: 'Broker of a hub that shall see the pumps as its devices',
  },
  hubMqttUsername: {
    env: 'PERISTA_HUB_MQTT_USERNAME',
    flag: 'hub-mqtt-username',
    yaml: ['hub', 'mqtt_username'],
    rule: BrokerWord,
    help: 'Name under which the pumps log in there',
  },
  hubMqttPassword: {
    env: 'PERISTA_HUB_MQTT_PASSWORD',
    rule: BrokerWord,
    secret: true,
    help: 'Password for it',
  },
  homeAssistantDiscovery: {
    env: 'PERISTA_HOME_ASSISTANT_DISCOVERY',
    flag: 'home-assistant-discovery',
    yaml: ['home_assistant', 'discovery'],
    saved: ['home_assistant', 'discovery'],
    rule: OnOrOff,
    default: 'on',
    help: 'on: unit and pumps are announced to Home Assistant over MQTT; off: they are withdrawn',
  },
  homeAssistantPrefix: {
    env: 'PERISTA_HOME_ASSISTANT_PREFIX',
    flag: 'home-assistant-prefix',
    yaml: ['home_assistant', 'prefix'],
    saved: ['home_assistant', 'prefix'],
    rule: TopicLevels,
    default: 'homeassistant',
    help: 'Discovery prefix that is set in Home Assistant',
  },
  homeAssistantStatusTopic: {
    env: 'PERISTA_HOME_ASSISTANT_STATUS_TOPIC',
    flag: 'home-assistant-status-topic',
    yaml: ['home_assistant', 'status_topic'],
    saved: ['home_assistant', 'status_topic'],
    rule: TopicLevels,
    default: 'homeassistant/status',
    help: 'Topic of its birth message that is set in Home Assistant',
  },
  fleetHistoryDays: {
    env: 'PERISTA_FLEET_HISTORY_DAYS',
    flag: 'fleet-history-days',
    yaml: ['fleet', 'history_days'],
    saved: ['fleet', 'history_days'],
    rule: HistoryDays,
    numeric: true,
    default: 90,
    help: 'How many days the numbers of remote devices are kept',
  },
  remoteLogUrl: {
    env: 'PERISTA_REMOTE_LOG_URL',
    flag: 'remote-log-url',
    yaml: ['remote_log', 'url'],
    saved: ['remote_log', 'url'],
    rule: RemoteLogUrl,
    help: 'Where events of the dosing unit are posted; nothing is posted without it',
  },
  remoteLogToken: {
    env: 'PERISTA_REMOTE_LOG_TOKEN',
    saved: ['remote_log', 'token'],
    rule: BearerToken,
    secret: true,
    help: 'Bearer token for the remote log',
  },
  remoteLogDeviceId: {
    env: 'PERISTA_REMOTE_LOG_DEVICE_ID',
    flag: 'remote-log-device-id',
    yaml: ['remote_log', 'device_id'],
    saved: ['remote_log', 'device_id'],
    rule: EntityId,
    default: 'DOSING_UNIT_001',
    help: 'Name by which the remote log knows the unit',
  },
  logLevel: {
    env: 'PERISTA_LOG_LEVEL',
    flag: 'log-level',
    yaml: ['log', 'level'],
    saved: ['log', 'level'],
    rule: LogLevel,
    default: 'info',
    help: 'trace, debug, info, warn, error, fatal or silent',
  },
} as const satisfies Record<string, SettingEntry>;

export type SettingName = keyof typeof SETTINGS;

type Entry<Name extends SettingName> = (typeof SETTINGS)[Name];

/** Values as their rules give them; one without a default may be missing. */
export type SettingValues = {
  readonly [Name in SettingName as Entry<Name> extends { default: unknown } ? Name : never]: z.infer<
    Entry<Name>['rule']
  >;
} & {
  readonly [Name in SettingName as Entry<Name> extends { default: unknown } ? never : Name]?: z.infer<
    Entry<Name>['rule']
  >;
};
