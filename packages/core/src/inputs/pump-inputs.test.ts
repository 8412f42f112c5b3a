// Proves that a pump is blocked by whatever input has tripped or cannot be read, the gravest first, and how its dose then ends.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { INPUT_NAMES, type InputReadings, inputBlock, isInputCode, stopByInput } from './pump-inputs.ts';

const reading = fc.constantFrom(true, false, null, undefined);
const readings = fc.record({ leak: reading, interlock: reading, level: reading }) as fc.Arbitrary<InputReadings>;

it('blocks unless every input that is wired up says that all is well', () => {
  fc.assert(
    fc.property(fc.subarray([...INPUT_NAMES]), readings, (names, told) => {
      const isWell = names.every((name) => told[name] === true);
      const block = inputBlock(names, told);
      expect(block === null).toBe(isWell);
      if (block !== null) expect(isInputCode(block.code)).toBe(true);
    }),
  );
});

it('names the gravest, and what has tripped before what cannot be read', () => {
  const codeOf = (told: InputReadings) => inputBlock(INPUT_NAMES, told)?.code;
  expect(codeOf({ leak: false, interlock: false, level: false })).toBe('E111');
  expect(codeOf({ leak: true, interlock: false, level: false })).toBe('E112');
  expect(codeOf({ leak: null, interlock: true, level: false })).toBe('E113');
  expect(codeOf({ leak: true, interlock: true })).toBe('E114');
  expect(inputBlock(['level'], { leak: false, level: true })).toBeNull();
});

it('counts a dose as measured, but not where the container was empty', () => {
  const causeOf = (told: InputReadings) => {
    const block = inputBlock(INPUT_NAMES, told);
    return block && stopByInput(block).cause;
  };
  expect(causeOf({ leak: false })).toBe('stop');
  expect(causeOf({ leak: true, interlock: true, level: false })).toBe('fault');
  expect(causeOf({})).toBe('stop');
});
