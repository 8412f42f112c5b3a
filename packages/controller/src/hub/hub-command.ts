import { CommandMessage, CommandParameters, type CommandPayload } from '@perista/protocol/fleet';
import type { Arrival } from '../mqtt/mqtt-port.ts';

/** A command as it came, or why it means nothing; null where there is nobody to answer. */
export type ReadCommand =
  | { readonly kind: 'command'; readonly message: CommandMessage }
  | { readonly kind: 'refused'; readonly commandId: string; readonly reason: string };

export function readCommand({ bytes, retain }: Arrival): ReadCommand | null {
  const value = parse(bytes);
  const parsed = CommandMessage.safeParse(value);
  const commandId = parsed.success ? parsed.data.commandId : idOf(value);
  if (commandId === null) return null;
  const refused = (reason: string): ReadCommand => ({ kind: 'refused', commandId, reason });
  if (!parsed.success) return refused(issueOf(parsed.error.issues));
  if (retain) return refused('it was retained, and would come at each connection');
  return { kind: 'command', message: parsed.data };
}

/** Whether it is too late for it by a clock that can be trusted, in words. */
export function whyExpired(
  { issuedAt, ttlMs }: CommandMessage,
  wallMs: number,
  isClockTrusted: boolean,
): string | null {
  const expiresMs = Date.parse(issuedAt) + ttlMs;
  if (Number.isNaN(expiresMs)) return `issuedAt is no instant: ${issuedAt}`;
  return isClockTrusted && wallMs > expiresMs ? 'it has expired' : null;
}

/** What a start asks of a pump, or why it asks for what a pump cannot do. */
export function doseOf(payload: CommandPayload): { readonly volume_ml: number; readonly duration_s: number } | string {
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus } = payload;
  const parsed = CommandParameters.safeParse({ flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus });
  if (!parsed.success) return `payload.${issueOf(parsed.error.issues)}`;
  if (parsed.data.bolus.enabled) return 'payload.bolus: this pump gives no bolus; start it as an infusion of its own';
  return { volume_ml: parsed.data.plannedVolumeMl, duration_s: parsed.data.plannedTimeMin * 60 };
}

/** As it was understood: the hub compares it with what it meant. */
export const echoOf = ({ flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus }: CommandPayload): object => ({
  ...{ flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus },
});

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function idOf(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null && 'commandId' in value ? value.commandId : null;
  return typeof id === 'string' ? id : null;
}

const issueOf = ([issue]: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string =>
  `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is wrong'}`;
