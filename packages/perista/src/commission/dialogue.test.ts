// A person is led through the commissioning of a board, whatever they type, and gets settings that Perista accepts.
import { seededRandom, silentLog, VirtualClock } from '@perista/core';
import { EmulatedBoard, fakeLine } from '@perista/simulator';
import { describe, expect, it } from 'vitest';
import { readYaml } from '../settings/yaml-source.ts';
import { commissionDialogue } from './dialogue.ts';
import { NobodyThere } from './question.ts';
import { yamlAdvice } from './yaml-advice.ts';

/** Runs the dialogue with a board as shipped from the factory but for its UART mode. */
async function dialogue(answers: string[]) {
  const clock = new VirtualClock();
  const told: string[] = [];
  const board = new EmulatedBoard({ clock, random: seededRandom(1), seed: 42, settings: { workMode: 2 } });
  const talk = commissionDialogue({
    clock,
    log: silentLog,
    terminal: {
      tell: (words) => told.push(words),
      ask: async (words) => {
        told.push(words);
        const answer = answers.shift();
        if (answer === undefined) throw new NobodyThere();
        return answer;
      },
    },
    openLine: () => async () => fakeLine([board], clock),
    onLine: () => {},
  });
  return { outcome: await clock.until(talk, 600_000), told: told.join('\n'), board, left: answers };
}

describe('commissionDialogue', () => {
  it('explains each step, asks for the direction and gives settings that are accepted', async () => {
    const { outcome, told } = await dialogue(['acid', '', '', '0xE0', '', '', '120', 'yes', 'what?', 'b']);
    expect(outcome?.result).toMatchObject({ address: 0xe0, dialect: 'v1.1.2', microstep: 64, invert: true });
    for (const step of ['firmware', 'saved run', 'trial turn', 'direction', 'speeds'])
      expect(told).toContain(`${step}: `);
    expect(told).toContain('Please answer f, b or n.');
    if (outcome === undefined) return;
    const read = readYaml({ path: 'perista.yaml', text: yamlAdvice(outcome.place, outcome.result) });
    expect(read.mistakes).toEqual([]);
    expect(read.yaml.hardware?.pumps[0]).toMatchObject({ id: 'acid', address: 0xe0, invert: true, max_rpm: 120 });
  });

  it('asks again when an answer breaks its rule', async () => {
    const { told, left } = await dialogue(['a b', 'acid', 'COM3', '', '', '5', '', '', '', '', 'no']);
    expect(told).toContain('must be 1 to 64 of');
    expect(told).toContain('must be /dev/… or tcp://host:port');
    expect(left).toEqual([]);
  });

  it('moves nothing unless the person says yes', async () => {
    const { outcome, board } = await dialogue(['', '', '', '', '', '', '', 'y']);
    expect(outcome).toBeUndefined();
    expect(board.truth().revolutions).toBe(0);
  });
});
