import type { Device, Infusion } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../format/format.ts';

/** Figures of a device as it tells them itself: any of them may be missing. */
export interface Figures {
  readonly rateMlPerMin: number | null;
  readonly deliveredMl: number | null;
  readonly leftMl: number | null;
  readonly leftMin: number | null;
  readonly percent: number | null;
  readonly battery: number | null;
}

/** Reads what a device told last; plain devices may tell other things, which are not shown as what they are not. */
export function figuresOf({ progress, status }: Pick<Device, 'progress' | 'status'>): Figures {
  const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
  return {
    rateMlPerMin: number(progress?.flowRateMlMin),
    deliveredMl: number(progress?.deliveredVolumeMl),
    leftMl: number(progress?.volumeRemainingMl),
    leftMin: number(progress?.timeRemainingMin),
    percent: number(progress?.progressPercent),
    battery: number(progress?.batteryLevel) ?? number(status?.batteryLevel),
  };
}

/** The state of an infusion in the reader's words. */
export function useStateWord(): (infusion: Infusion | null) => string {
  const { t } = useTranslation('fleet');
  return (infusion) => {
    if (infusion === null) return t('noInfusion');
    return infusion.state === 'running' && infusion.late ? t('state.late') : t(`state.${infusion.state}`);
  };
}

const minutesText = (format: Format, minutes: number): string => format.duration(minutes * 60);

/** A value with its unit, or a dash. */
export function useFigure() {
  const format = useFormat();
  const { t } = useTranslation('fleet');
  const none = t('now.nothing');
  return {
    rate: (value: number | null) => (value === null ? none : format.rate(value)),
    ml: (value: number | null) => (value === null ? none : format.ml(value)),
    minutes: (value: number | null) => (value === null ? none : minutesText(format, value)),
    percent: (value: number | null) => (value === null ? none : `${format.number(value, 0)} %`),
  };
}
