import { isOpenInfusion } from '@perista/core';
import type { CommandName } from '@perista/protocol/fleet';
import type { CommandOutcomes, CommandRunner } from './command-runner.ts';
import type { CommandRecord } from './command-store.ts';
import { type FleetBook, SERVER } from './fleet-book.ts';
import type { InfusionCourse } from './infusion-course.ts';
import type { InfusionRecord } from './infusion-store.ts';
import type { Inquiries } from './inquiries.ts';

export interface OutcomePorts {
  readonly book: FleetBook;
  readonly course: InfusionCourse;
  readonly inquiries: Inquiries;
  readonly runner: CommandRunner;
}

/** Nothing depends on whether these were heard. */
const QUESTIONS: ReadonlySet<CommandName> = new Set(['GET_STATE', 'BACKFILL']);

/** What follows from commands that were not answered or never left. `ports` is asked for late: they are made of one another. */
export function commandOutcomes(ports: () => OutcomePorts): CommandOutcomes {
  const infusionOf = ({ infusionId }: CommandRecord): InfusionRecord | undefined =>
    infusionId === null ? undefined : ports().book.infusions.find(infusionId);
  return {
    onUnanswered(command) {
      const { course, inquiries, runner } = ports();
      const infusion = infusionOf(command);
      const isOver = infusion !== undefined && !isOpenInfusion(infusion.state);
      if (QUESTIONS.has(command.command) || (isOver && command.command !== 'CANCEL')) {
        runner.move(command.commandId, 'cancelled', SERVER, command.reason ?? undefined);
        return;
      }
      if (command.command === 'START_INFUSION' && infusion !== undefined) {
        course.unanswered(infusion, command.reason ?? 'The device did not answer');
        inquiries.cancel(infusion, SERVER);
      }
      inquiries.ask(command.deviceId);
    },
    onNeverSent(command) {
      const infusion = infusionOf(command);
      if (command.command !== 'START_INFUSION' || infusion === undefined) return;
      ports().course.neverBegun(infusion, 'never-sent', SERVER, command.reason ?? 'It was never sent');
    },
  };
}
