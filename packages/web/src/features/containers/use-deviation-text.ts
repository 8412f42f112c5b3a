import type { Refill } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';

type Deviation = NonNullable<Refill['deviation']>;

/** A difference that a reading of a scale or a mark may have by itself, ml. */
const READING_ML = 0.05;

/** What a measured rest says of the calibration. */
export function useDeviationText(): (deviation: Deviation) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ error_ml, error_pct, drawn_lo_ml, drawn_hi_ml, drawn_measured_ml }) => {
    const ml = format.ml(Math.abs(error_ml));
    if (error_pct === null) return t('containers.error.unknown', { ml });
    const isWithin = drawn_measured_ml >= drawn_lo_ml - READING_ML && drawn_measured_ml <= drawn_hi_ml + READING_ML;
    if (isWithin) return t('containers.error.within', { ml });
    const pct = format.number(Math.abs(error_pct), 1);
    return t(error_ml > 0 ? 'containers.error.more' : 'containers.error.less', { ml, pct });
  };
}
