// Proves that the agent by itself stops a dose when an input trips (P12), begins none until it is well (P7), and takes what it cannot
// read for tripped.
import { type InputReadings, PeristaError } from '@perista/core';
import type { InputSource } from '@perista/drivers';
import { expect, it } from 'vitest';
import { AgentRig, query, startDose } from '../fakes/fake-rig.ts';

/** Inputs of one pump as a test sets them. */
class FakeInputs implements InputSource {
  readonly wired = new Map([['p1', ['leak', 'interlock', 'level'] as const]]);
  readings: InputReadings | null = { leak: true, interlock: true, level: true };

  async read() {
    if (this.readings === null) throw new PeristaError('E114', 'no answer');
    return new Map([['p1', this.readings]]);
  }

  async close() {}
}

async function boot(inputs = new FakeInputs()) {
  const rig = new AgentRig();
  rig.inputs = inputs;
  await rig.start();
  await rig.open();
  return { rig, inputs };
}

/** What the shaft gives from one count of its encoder to the next. */
const COUNT_ML = 0.18 / 65_536;

const WELL: InputReadings = { leak: true, interlock: true, level: true };

it('stops a dose within two looks, with what was given and why', async () => {
  const { rig, inputs } = await boot();
  await rig.ask(startDose('d1', 'p1', { durationMs: 4_000 }));
  await rig.clock.advance(1_500);
  inputs.readings = { ...WELL, leak: false };
  await rig.clock.advance(3_000);
  const record = await rig.record('d1');
  expect(record).toMatchObject({ faultCode: 'E111', faultMessage: expect.stringContaining('leak') });
  expect(record.hiMl).toBeLessThan(0.36);
  expect(record.loMl).toBeLessThanOrEqual(rig.trueMl() + COUNT_ML);
  expect(record.hiMl).toBeGreaterThanOrEqual(rig.trueMl() - COUNT_ML);
});

it('begins nothing while an input is not well, nor for a second after', async () => {
  const { rig, inputs } = await boot();
  inputs.readings = { ...WELL, interlock: false };
  await rig.clock.advance(200);
  expect(await rig.refusal(startDose('d1', 'p1'))).toBe('E112');
  inputs.readings = WELL;
  await rig.clock.advance(500);
  expect(await rig.refusal(startDose('d1', 'p1'))).toBe('E112');
  await rig.clock.advance(800);
  expect((await rig.ask(startDose('d1', 'p1'))).case).toBe('startDose');
});

it('takes inputs that were never read, or not for half a second, for tripped', async () => {
  const inputs = new FakeInputs();
  inputs.readings = null;
  const { rig } = await boot(inputs);
  expect(await rig.refusal(startDose('d1', 'p1'))).toBe('E114');
  inputs.readings = WELL;
  await rig.clock.advance(200);
  expect((await rig.ask(startDose('d1', 'p1', { durationMs: 4_000 }))).case).toBe('startDose');
  inputs.readings = null;
  await rig.clock.advance(300);
  const asked = await rig.ask(query('d1'));
  expect(asked.case === 'query' && asked.value.kind.case).toBe('running');
  await rig.clock.advance(3_000);
  expect((await rig.record('d1')).faultCode).toBe('E114');
});

it('waits for a second after inputs were lost, too, so that a loose wire starts nothing', async () => {
  const { rig, inputs } = await boot();
  inputs.readings = null;
  await rig.clock.advance(1_000);
  inputs.readings = WELL;
  await rig.clock.advance(500);
  expect(await rig.refusal(startDose('d1', 'p1'))).toBe('E114');
  await rig.clock.advance(800);
  expect((await rig.ask(startDose('d1', 'p1'))).case).toBe('startDose');
});

it('does not believe that liquid came from a container that its switch calls empty', async () => {
  const { rig, inputs } = await boot();
  await rig.ask(startDose('d1', 'p1', { durationMs: 4_000 }));
  await rig.clock.advance(1_500);
  inputs.readings = { ...WELL, level: false };
  await rig.clock.advance(3_000);
  const record = await rig.record('d1');
  expect(record.faultCode).toBe('E113');
  expect(record.loMl).toBeLessThan(record.hiMl);
});
