// Proves that an infusion and a command only go on: no input undoes an end, and an unknown outcome is never called a failure.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandInput, type CommandState, isFinalCommand, nextCommandState } from './command-machine.ts';
import { type InfusionInputKind, type InfusionState, isOpenInfusion, nextInfusionState } from './infusion-machine.ts';

const live = (inputs: readonly InfusionInputKind[]): InfusionState =>
  inputs.reduce<InfusionState>((state, input) => nextInfusionState(state, input) ?? state, 'requested');

const command = (inputs: readonly CommandInput[]): CommandState =>
  inputs.reduce<CommandState>((state, input) => nextCommandState(state, input) ?? state, 'created');

const INFUSION_INPUTS = [
  ...(['published', 'never-sent', 'confirmed', 'rejected', 'no-answer', 'cancelled'] as const),
  ...(['paused', 'resumed', 'completed', 'stopped', 'lost', 'never-begun'] as const),
];
const COMMAND_INPUTS = [
  ...(['published', 'never-sent', 'no-answer', 'cancelled', 'received'] as const),
  ...(['accepted', 'rejected', 'executing', 'done', 'failed'] as const),
];

describe('an infusion', () => {
  it.each<[InfusionState, InfusionInputKind[]]>([
    ['completed', ['published', 'confirmed', 'paused', 'resumed', 'completed']],
    ['running', ['published', 'no-answer', 'confirmed']],
    ['unanswered', ['published', 'no-answer']],
    ['cancelled', ['published', 'no-answer', 'cancelled', 'confirmed']],
    ['cancelled', ['never-sent', 'confirmed']],
    ['interrupted', ['published', 'confirmed', 'lost']],
    ['rejected', ['published', 'rejected', 'confirmed']],
    ['stopped', ['published', 'confirmed', 'stopped', 'completed']],
    ['running', ['published', 'confirmed', 'cancelled', 'no-answer', 'never-sent', 'rejected']],
  ])('is %s after %j', (state, inputs) => {
    expect(live(inputs)).toBe(state);
  });

  it('never leaves an end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INFUSION_INPUTS)), fc.constantFrom(...INFUSION_INPUTS), (past, input) => {
        const state = live(past);
        if (!isOpenInfusion(state)) expect(nextInfusionState(state, input)).toBeNull();
      }),
    );
  });
});

describe('a command', () => {
  it.each<[CommandState, CommandInput[]]>([
    ['done', ['published', 'received', 'accepted', 'executing', 'done']],
    ['accepted', ['published', 'received', 'no-answer', 'accepted']],
    ['unanswered', ['published', 'no-answer', 'received']],
    ['received', ['received', 'published']],
    ['expired', ['never-sent', 'accepted']],
    ['executing', ['published', 'received', 'accepted', 'executing', 'accepted', 'received']],
  ])('is %s after %j', (state, inputs) => {
    expect(command(inputs)).toBe(state);
  });

  it('never leaves a final state', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...COMMAND_INPUTS)), fc.constantFrom(...COMMAND_INPUTS), (past, input) => {
        const state = command(past);
        if (isFinalCommand(state)) expect(nextCommandState(state, input)).toBeNull();
      }),
    );
  });
});
