import { z } from 'zod';
import { EntityId } from '../api/identifiers.ts';

const PORT_RULE = 'must be a port, 0 to 65535 (0 = chosen by the kernel)';
const HOST_RULE = 'must be a host name or an address';
const ZONE_RULE = 'must be an IANA time zone such as Europe/Warsaw';
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A TCP port; 0 lets the kernel choose. */
export const PortNumber = z.int(PORT_RULE).min(0, PORT_RULE).max(65_535, PORT_RULE);

/** A name or address to listen on. */
export const HostName = z.string(HOST_RULE).regex(/^[A-Za-z0-9.:_-]{1,253}$/, HOST_RULE);

/** An IANA time zone that this machine knows. */
export const TimeZone = z.string(ZONE_RULE).refine(isTimeZone, ZONE_RULE);

/** A folder, relative to where Perista was started or absolute. */
export const FolderName = z.string().min(1, 'must name a folder');

/** First level of the MQTT topics. */
export const DoserId = EntityId;

export const HardwareKind = z.enum(['emulated', 'real'], 'must be emulated or real');
export type HardwareKind = z.infer<typeof HardwareKind>;

export const LogLevel = z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`);
export type LogLevel = z.infer<typeof LogLevel>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
