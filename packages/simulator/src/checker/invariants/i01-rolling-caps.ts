import { CAP_TOLERANCE_ML } from '@perista/core';
import type { Chronicle, DoseFacts } from '../chronicle.ts';
import { type Invariant, TOLERANCE_TURNS, type Verdict } from '../invariant.ts';
import { overrunMl, unseenMl } from '../overrun.ts';
import { isPlausible } from '../time-trust.ts';

const WINDOWS = [
  ['hour_ml', 3_600_000],
  ['day_ml', 86_400_000],
  ['week_ml', 604_800_000],
] as const;

export const rollingCaps: Invariant = {
  id: 'I1',
  rule: 'true volume per pump in any rolling hour, day and week ≤ its limit + one cut overrun',
  begin() {
    const started = new Map<string, DoseFacts[]>();
    const limits = new Map<string, Record<string, number>>();
    /** How far the wall clock is ahead, the high-water mark, and how far ahead the controller's time began. */
    let aheadMs = 0;
    let highWaterMs = 0;
    let believedMs = 0;
    const leaps: { readonly atMs: number; readonly byMs: number }[] = [];
    /** A controller that starts believes the wall clock, or its high-water mark: volumes leap forward with it. */
    const setForwardMs = (sinceMs: number) =>
      leaps.reduce((sum, { atMs, byMs }) => sum + (atMs > sinceMs ? byMs : 0), 0);
    const judge = (pumpId: string, chronicle: Chronicle): Verdict => {
      const ofPump = started.get(pumpId) ?? [];
      const last = ofPump.at(-1);
      if (last === undefined || !limits.has(last.doseId)) return null;
      for (const [name, lengthMs] of WINDOWS) {
        const sinceMs = chronicle.nowMs - lengthMs + setForwardMs(chronicle.nowMs - lengthMs);
        const inWindow = ofPump.filter(({ startMs }) => startMs !== null && startMs > sinceMs);
        const trueMl = inWindow.reduce((sum, dose) => sum + chronicle.trueMl(dose), 0);
        const limitMl = limits.get(last.doseId)?.[name] ?? 0;
        const blurMl = inWindow.length * TOLERANCE_TURNS * (last.start?.mlPerRev ?? 0) * 0.1;
        const unseen = inWindow.reduce((sum, dose) => sum + unseenMl(dose), 0);
        const mayMl = limitMl + CAP_TOLERANCE_ML + blurMl + unseen + overrunMl(last);
        if (trueMl > mayMl) return `${trueMl.toFixed(3)} ml in ${name}, ${limitMl} allowed, after dose ${last.doseId}`;
      }
      return null;
    };
    return {
      'clock-set': ({ byMs }) => {
        aheadMs += byMs;
        return null;
      },
      'time-marked': (mark) => {
        highWaterMs = mark.highWaterMs;
        return null;
      },
      'process-began': ({ process }, chronicle) => {
        if (process !== 'controller') return null;
        const believedAheadMs = isPlausible(chronicle.wallMs) ? aheadMs : Number.NEGATIVE_INFINITY;
        const beginsMs = Math.max(believedAheadMs, highWaterMs - (chronicle.wallMs - aheadMs));
        if (beginsMs > believedMs) leaps.push({ atMs: chronicle.nowMs, byMs: beginsMs - believedMs });
        believedMs = beginsMs;
        return null;
      },
      'ledger-changed': ({ dose }) => {
        // Those in force as it is let go: it may have waited while they were changed.
        const mayWait = dose.state === 'queued' || dose.state === 'accepted';
        if (mayWait || !limits.has(dose.dose_id)) limits.set(dose.dose_id, JSON.parse(dose.limits));
        return null;
      },
      'start-journalled': ({ start }, chronicle) => {
        const dose = chronicle.find(start.doseId);
        const ofPump = started.get(start.pumpId) ?? [];
        const weekAgoMs = chronicle.nowMs - 2 * 604_800_000;
        while ((ofPump[0]?.startMs ?? chronicle.nowMs) < weekAgoMs) limits.delete(ofPump.shift()?.doseId ?? '');
        if (dose !== undefined && !ofPump.includes(dose)) ofPump.push(dose);
        started.set(start.pumpId, ofPump);
        return null;
      },
      'end-journalled': ({ start }, chronicle) => judge(start.pumpId, chronicle),
    };
  },
};
