import type { DeviceCommand, Infusion } from '@perista/protocol/api';

/** What a start goes through, as people see it. */
export const STAGES = ['sent', 'received', 'accept', 'running'] as const;
export type Stage = (typeof STAGES)[number];
export type StageMark = 'done' | 'now' | 'next' | 'skipped';

/** How far each command state is: the index of the stage that is awaited. */
const AWAITED: Readonly<Record<DeviceCommand['state'], number>> = {
  created: 0,
  published: 1,
  received: 2,
  accepted: 3,
  executing: 3,
  done: 4,
  rejected: 2,
  failed: 2,
  unanswered: 2,
  expired: 0,
  cancelled: 2,
};

/**
 * Marks of the stages, from real acknowledgements alone. A device without acknowledgements never says that it received
 * anything; that stage is told as skipped.
 */
export function stageMarks(
  command: Pick<DeviceCommand, 'state' | 'receivedAt'>,
  infusion: Pick<Infusion, 'state'> | null,
  isPlain: boolean,
): Record<Stage, StageMark> {
  const isRunning = infusion?.state === 'running' || infusion?.state === 'paused';
  const skipsReceived = isPlain && command.receivedAt === null;
  const told = isRunning ? STAGES.length : AWAITED[command.state];
  const awaited = skipsReceived && told === 1 ? 2 : told;
  const marks = STAGES.map((stage, index): [Stage, StageMark] => {
    if (stage === 'received' && skipsReceived && awaited > 1) return [stage, 'skipped'];
    return [stage, index < awaited ? 'done' : index === awaited ? 'now' : 'next'];
  });
  return Object.fromEntries(marks) as Record<Stage, StageMark>;
}
