import type { Arrival } from '@perista/controller/mqtt';
import { CommandMessage } from '@perista/protocol/fleet';
import type { DeviceInput } from './device-state.ts';

/** What came on the topic of commands, as the device takes it; null if it has no id under which it could be answered. */
export function readCommand({ bytes, retain }: Arrival): DeviceInput | null {
  const value = parse(bytes);
  const parsed = CommandMessage.safeParse(value);
  if (parsed.success && !retain) return { kind: 'command', message: parsed.data };
  const commandId = parsed.success ? parsed.data.commandId : idOf(value);
  if (commandId === null) return null;
  if (parsed.success)
    return { kind: 'garbled', commandId, reason: 'it was retained, and would come at each connection' };
  const [issue] = parsed.error.issues;
  return { kind: 'garbled', commandId, reason: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is wrong'}` };
}

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
