import { parseBoundedJson } from './bounded-json.ts';
import { CommandMessage, CommandParameters, type CommandPayload } from './commands.ts';
import { issueInWords } from './issue-in-words.ts';

/** What came on the topic of commands, as a device takes it. */
export type ReadCommand =
  | { readonly kind: 'command'; readonly message: CommandMessage }
  /** It cannot be read or must not be obeyed. */
  | { readonly kind: 'garbled'; readonly commandId: string; readonly reason: string };

/** Null: it has no id under which it could be answered. */
export function readCommand({ bytes, retain }: { readonly bytes: Uint8Array; readonly retain: boolean }) {
  const json = parseBoundedJson(bytes);
  return json.ok ? commandOf(json.value, retain) : null;
}

function commandOf(value: Readonly<Record<string, unknown>>, retain: boolean): ReadCommand | null {
  const parsed = CommandMessage.safeParse(value);
  if (parsed.success && !retain) return { kind: 'command', message: parsed.data };
  const { commandId } = value;
  if (typeof commandId !== 'string') return null;
  const reason = parsed.success ? 'it was retained, and would come at each connection' : issueInWords(parsed.error);
  return { kind: 'garbled', commandId, reason };
}

/** Why it is too late for a command by the device's clock, in words; a clock that is not trusted tells nothing. */
export function whyExpired(
  { issuedAt, ttlMs }: CommandMessage,
  now: { readonly wallMs: number; readonly isClockTrusted: boolean },
): string | null {
  const expiresMs = Date.parse(issuedAt) + ttlMs;
  if (Number.isNaN(expiresMs)) return `issuedAt is no instant: ${issuedAt}`;
  return now.isClockTrusted && now.wallMs > expiresMs ? 'expired' : null;
}

/** What a START asks for, or what is missing or wrong, with its key. */
export function readParameters(payload: CommandPayload): CommandParameters | string {
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus } = payload;
  const parsed = CommandParameters.safeParse({ flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus });
  return parsed.success ? parsed.data : `payload.${issueInWords(parsed.error)}`;
}
