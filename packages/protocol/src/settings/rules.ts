import { z } from 'zod';
import { EntityId } from '../api/identifiers.ts';

const PORT_RULE = 'must be a port, 0 to 65535 (0 = chosen by the kernel)';
const MQTT_PORT_RULE = 'must be a port, 0 to 65535 (0 = chosen by the kernel), or off';
const DEMO_RULE = 'must be a whole number from 0 to 100';
const HOST_RULE = 'must be a host name or an address';
const URL_RULE = 'must be an https:// address; http:// only to this machine';
const BROKER_RULE = 'must be mqtt://host:port or mqtts://host:port, without a user name';
const TOPIC_RULE =
  'must be levels of an MQTT topic, such as homeassistant: at most 200 characters without + # $ and spaces';
const DAYS_RULE = 'must be a whole number of days, 1 to 3650';
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A TCP port; 0 lets the kernel choose. */
export const PortNumber = z.int(PORT_RULE).min(0, PORT_RULE).max(65_535, PORT_RULE);

/** A port, or no broker at all. */
export const MqttPort = z.union(
  [
    z.int(MQTT_PORT_RULE).min(0, MQTT_PORT_RULE).max(65_535, MQTT_PORT_RULE),
    z.literal('off', { error: MQTT_PORT_RULE }),
  ],
  MQTT_PORT_RULE,
);

/** How many emulated devices a newcomer may want to see. */
export const DemoDeviceCount = z.int(DEMO_RULE).min(0, DEMO_RULE).max(100, DEMO_RULE);

/** A name or address to listen on. */
export const HostName = z.string(HOST_RULE).regex(/^[A-Za-z0-9.:_-]{1,253}$/, HOST_RULE);

/** A folder, relative to where Perista was started or absolute. */
export const FolderName = z.string().min(1, 'must name a folder');

/** First level of the MQTT topics. */
export const DoserId = EntityId;

export const HardwareKind = z.enum(['emulated', 'real'], 'must be emulated or real');
export type HardwareKind = z.infer<typeof HardwareKind>;

export const LogLevel = z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`);
export type LogLevel = z.infer<typeof LogLevel>;

/** Where a token may be sent: encrypted, or not beyond this machine. */
export const RemoteLogUrl = z.string(URL_RULE).refine(isSafeUrl, URL_RULE);

/** What stands behind `Bearer` (RFC 6750 section 2.1). */
export const BearerToken = z
  .string()
  .regex(/^[A-Za-z0-9._~+/-]+=*$/, 'must be a bearer token: letters, digits and ._~+/- alone');

/** A broker; log-ins stand in settings of their own. */
export const BrokerUrl = z.string(BROKER_RULE).refine(isBrokerUrl, BROKER_RULE);

export const HistoryDays = z.int(DAYS_RULE).min(1, DAYS_RULE).max(3_650, DAYS_RULE);

export const OnOrOff = z.enum(['on', 'off'], 'must be on or off');

/** The first levels of topics, or a whole one. */
export const TopicLevels = z
  .string(TOPIC_RULE)
  .regex(/^[^\s+#/$\0][^\s+#/\0]*(\/[^\s+#/\0]+)*$/, TOPIC_RULE)
  .max(200, TOPIC_RULE);

/** As MQTT writes texts: UTF-8 of at most 65,535 bytes; less is enough for any broker. */
export const BrokerWord = z.string().min(1).max(1_000, 'must have at most 1000 characters');

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname)));
}

/** Whether what is sent there could be read on the way. */
export function isPlainAbroad(brokerUrl: string): boolean {
  const { protocol, hostname } = new URL(brokerUrl);
  return protocol === 'mqtt:' && !LOOPBACK.has(hostname);
}

function isBrokerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  const isBare = username === '' && password === '' && ['', '/'].includes(pathname) && search === '' && hash === '';
  return isBare && hostname !== '' && (protocol === 'mqtt:' || protocol === 'mqtts:');
}
