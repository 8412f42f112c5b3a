// Proves that a preview of the plan is asked for in days and drafts that are told apart from nonsense, by whoever may read.
import { describe, expect, it } from 'vitest';
import { startFixture } from './http-fixture.ts';

describe('the API of the plan', () => {
  it('takes days, or a draft, and says what it was asked', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    const payload = { days: 90, schedules: [{ id: 's-1', volume_ml: 5 }], without: ['s-2'], channels: [{ id: 1 }] };
    for (const [method, url, asked] of [
      ['GET', '/api/plan', { days: 14 }],
      ['GET', '/api/plan?days=30', { days: 30 }],
      ['POST', '/api/plan', payload],
    ] as const) {
      const answer = await call(method, url, { session, ...(method === 'POST' && { payload }) });
      expect([answer.statusCode, answer.json().complete]).toEqual([200, true]);
      expect(services.calls.at(-1)).toEqual({ name: 'previewPlan', args: [asked] });
    }
  });

  it.each([
    ['/api/plan?days=0', undefined, 'days', 'must be a whole number from 1 to 90, is 0'],
    ['/api/plan?days=91', undefined, 'days', 'must be a whole number from 1 to 90, is 91'],
    ['/api/plan', { days: 91 }, 'days', 'must be a whole number from 1 to 90, is 91'],
    ['/api/plan', { schedules: [{ volume_ml: 0 }] }, 'schedules[0].volume_ml', 'must be greater than 0, is 0'],
    ['/api/plan', { weeks: 2 }, 'weeks', 'is not a known key'],
  ])('refuses %s %o at %s', async (url, payload, path, message) => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    const answer = await call(payload === undefined ? 'GET' : 'POST', url, { session, ...(payload && { payload }) });
    expect(answer.json().errors).toContainEqual({ path, message });
  });
});
