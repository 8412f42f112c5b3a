import type { PlanDose, Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { isGiven, type PlanMark } from './plan-marks.ts';
import type { PlanNotice } from './plan-notices.ts';

export interface PlanWords {
  readonly nameOf: (pumpId: string) => string;
  readonly when: (mark: PlanMark) => string;
  /** What a mark means, in one line. */
  readonly mark: (mark: PlanMark) => string;
  /** What becomes of the doses of a mark. */
  readonly outcome: (mark: PlanMark) => string;
  readonly notice: (notice: PlanNotice) => string;
}

/** What a plan says, in the reader's language. `pumpOf` tells whose dose another one waits for. */
export function usePlanWords(pumps: readonly Pump[], doses: readonly PlanDose[]): PlanWords {
  const { t } = useTranslation('plan');
  const format = useFormat();
  const reasonText = useReasonText();
  const nameOf = (id: string) => pumps.find((pump) => pump.id === id)?.name ?? id;
  const byId = new Map(doses.map((dose) => [dose.dose_id, dose]));

  const outcomeOf = (dose: PlanDose): string => {
    if (!isGiven(dose)) return t('why', { outcome: t(`state.${dose.state}`), reason: reasonText(dose) });
    if (dose.state === 'given' || dose.starts_at === null) return t(`state.${dose.state}`);
    const before = byId.get(dose.waits_for ?? '');
    const at = format.time(dose.starts_at);
    return before === undefined ? t('waitsTurn', { at }) : t('waitsBehind', { pump: nameOf(before.pump_id), at });
  };
  const outcome = ({ doses: own, state, heldBackMl }: PlanMark): string => {
    const worst = own.find((dose) => dose.state === state) ?? own[0];
    const held = own.filter((dose) => !isGiven(dose)).length;
    if (own.length === 1 || held === 0) return outcomeOf(worst);
    return `${t('manyHeld', { count: held, held: format.ml(heldBackMl) })}; ${outcomeOf(worst)}`;
  };
  const behindText = ({ pumpId, behind }: Extract<PlanNotice, { readonly kind: 'waits' }>): string => {
    if (behind === null) return t('anOpenDose');
    return behind === pumpId ? t('anotherOfIt') : nameOf(behind);
  };
  const when = ({ doses: own }: PlanMark): string => {
    const [first] = own;
    const last = own.at(-1) ?? first;
    const [from, to] = [format.dayAndTime(first.due_at), format.time(last.due_at)];
    return first.due_at === last.due_at ? from : `${from}–${to}`;
  };

  return {
    nameOf,
    when,
    outcome,
    mark: (mark) => {
      const { doses: own, givenMl, heldBackMl, pumpId } = mark;
      const words = { at: when(mark), pump: nameOf(pumpId) };
      if (own.length === 1) {
        return t('one', { ...words, volume: format.ml(givenMl + heldBackMl), outcome: outcome(mark) });
      }
      return `${t('many', { ...words, count: own.length, given: format.ml(givenMl) })}; ${outcome(mark)}`;
    },
    notice: (notice) => {
      switch (notice.kind) {
        case 'refused':
        case 'missed': {
          const { kind, pumpId, count, first } = notice;
          const words = t(kind, { pump: nameOf(pumpId), count, at: format.dayAndTime(first.due_at) });
          return `${words} ${reasonText(first)}`;
        }
        case 'waits':
          return t('waits', {
            pump: nameOf(notice.pumpId),
            behind: behindText(notice),
            count: notice.count,
            at: format.dayAndTime(notice.first.due_at),
            longest: format.duration(notice.longestS),
          });
        case 'runs-out':
          return t('runsOut', { product: notice.product, at: format.dayAndTime(notice.at) });
        case 'low':
          return t('low', { product: notice.product, at: format.dayAndTime(notice.at) });
        case 'incomplete':
          return t('incomplete', { at: format.dayAndTime(notice.until) });
        case 'clocks': {
          const { day, shift_min, timezone } = notice.change;
          const words = { day: format.calendarDate(day), minutes: format.number(Math.abs(shift_min)), zone: timezone };
          return t(shift_min > 0 ? 'clocksOn' : 'clocksBack', words);
        }
      }
    },
  };
}
