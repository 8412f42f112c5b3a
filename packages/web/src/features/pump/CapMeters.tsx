import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Meter } from '../../design/Meter.tsx';
import { useFormat } from '../../format/format.ts';
import styles from './CapMeters.module.css';

const WINDOWS = ['hour', 'day', 'week'] as const;

/** What the rolling caps have left, and what an order would take of them. */
export function CapMeters({ pump, addedMl = 0 }: { pump: Pump; addedMl?: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.caps}>
      {WINDOWS.map((window) => {
        const limitMl = pump.limits[`${window}_ml`];
        const usedMl = Math.max(0, limitMl - pump.remaining_ml[window]);
        const leftMl = Math.max(0, pump.remaining_ml[window] - addedMl);
        return (
          <Meter
            key={window}
            label={t(`caps.${window}`)}
            text={t('caps.left', { left: format.ml(leftMl), limit: format.ml(limitMl) })}
            used={usedMl / limitMl}
            added={addedMl / limitMl}
          />
        );
      })}
    </div>
  );
}
