// Proves that an agent tells a controller all that a ledger may lack, page by page, each dose once (P15).
import { Direction } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { AgentRig, startDose } from '../fakes/fake-rig.ts';

const DAY_MS = 24 * 3_600_000;

async function rigWithDoses(count: number): Promise<AgentRig> {
  const rig = new AgentRig();
  await rig.start();
  await rig.open();
  for (let index = 0; index < count; index++) {
    await rig.ask(startDose(`d${count - index}`, 'p1', { direction: index === 0 ? 'reverse' : 'forward' }));
    await rig.clock.advance(10_000);
  }
  return rig;
}

async function page(rig: AgentRig, after: string, limit = 2, withinMs = DAY_MS) {
  const reply = await rig.ask({ case: 'recall', value: { withinMs, after, limit } });
  if (reply.case !== 'recall') throw new Error(JSON.stringify(reply));
  return reply.value;
}

const ids = ({ doses }: Awaited<ReturnType<typeof page>>) => doses.map(({ record }) => record?.doseId);

describe('Recall', () => {
  it('is answered a page at a time, the oldest dose first, and says where the next page begins', async () => {
    const rig = await rigWithDoses(5);
    const first = await page(rig, '');
    const second = await page(rig, first.next);
    const third = await page(rig, second.next);
    expect([first, second, third].map(ids)).toEqual([['d5', 'd4'], ['d3', 'd2'], ['d1']]);
    expect(third.next).toBe('');
    expect(first.doses[0]?.ageMs).toBeGreaterThan(second.doses[0]?.ageMs ?? 0);
  });

  it('goes on at the same place when the dose it stopped at is not told any more and new ones have ended', async () => {
    const rig = await rigWithDoses(3);
    await rig.ask({ case: 'confirm', value: { doseIds: ['d3', 'd2', 'd1'] } });
    const first = await page(rig, '', 1);
    await rig.ask(startDose('new', 'p1'));
    await rig.clock.advance(10_000);
    expect(ids(await page(rig, first.next, 200, 35_000))).toEqual(['d2', 'd1', 'new']);
  });

  it('tells what nobody can date as young as it may be, and by a clock that shows no year to believe what it would by a right one', async () => {
    const rig = await rigWithDoses(1);
    const beginsMs = rig.clock.wallMs();
    rig.clock.stepWall(-beginsMs);
    await rig.ask(startDose('undated', 'p1'));
    await rig.clock.advance(10_000);
    rig.clock.stepWall(beginsMs);
    await rig.ask({ case: 'confirm', value: { doseIds: ['d1', 'undated'] } });
    const right = await page(rig, '', 200);
    expect(ids(right)).toEqual(['undated', 'd1']);
    expect(right.doses[0]?.ageMs).toBe(0);
    rig.clock.stepWall(Date.UTC(2150, 0) - rig.clock.wallMs());
    expect(ids(await page(rig, '', 200))).toEqual(['undated', 'd1']);
  });

  it('tells the direction, and whether its volumes were measured', async () => {
    const rig = await rigWithDoses(1);
    await rig.ask(startDose('raw', 'p1', { isCalibrated: false }));
    await rig.clock.advance(10_000);
    const { doses } = await page(rig, '');
    expect(doses.map(({ record }) => record)).toMatchObject([
      { direction: Direction.REVERSE, isCalibrated: true },
      { direction: Direction.FORWARD, isCalibrated: false },
    ]);
  });

  it.each([
    ['no limit', '', 0],
    ['more than the largest page', '', 201],
    ['a place that it never told', 'd1', 2],
  ])('with %s is refused', async (_, after, limit) => {
    const rig = await rigWithDoses(1);
    expect(await rig.refusal({ case: 'recall', value: { withinMs: DAY_MS, after, limit } })).toBe('E402');
  });
});
