import type { Pump } from '@perista/protocol/api';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { useFormat } from '../../format/format.ts';
import { CapMeters } from '../pump/CapMeters.tsx';
import styles from './DoseOutlook.module.css';
import type { DraftOutlook } from './dose-draft.ts';
import { useRefusalText } from './use-refusal-text.ts';

interface DoseOutlookProps {
  readonly outlook: DraftOutlook;
  readonly pump: Pump;
  /** Somebody tried to send it: what stands in the way is told at once. */
  readonly isChecked: boolean;
}

/** What would happen, before it does. */
export function DoseOutlook({ outlook, pump, isChecked }: DoseOutlookProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const refusalText = useRefusalText();
  const addedMl = outlook.kind === 'ready' ? outlook.request.volume_ml : 0;
  return (
    <div className={styles.outlook}>
      {outlook.kind === 'refused' && (
        <Banner tone="warn" icon={TriangleAlert} urgent={isChecked}>
          {refusalText(outlook.refusal)}
        </Banner>
      )}
      {outlook.kind === 'ready' && (
        <dl className={styles.figures}>
          <div>
            <dt>{t('doseForm.rate')}</dt>
            <dd>{format.rate(outlook.rateMlPerMin)}</dd>
          </div>
          <div>
            <dt>{t('doseForm.time')}</dt>
            <dd>{format.duration(outlook.durationS)}</dd>
          </div>
          <div>
            <dt>{t('doseForm.accuracy')}</dt>
            <dd>± {format.ml(outlook.errorMl)}</dd>
          </div>
          <div>
            <dt>{t('doseForm.containerAfter')}</dt>
            <dd>
              {format.ml(
                Math.max(0, pump.container.level_ml - (outlook.request.direction === 'reverse' ? 0 : addedMl)),
              )}
            </dd>
          </div>
        </dl>
      )}
      <CapMeters pump={pump} addedMl={addedMl} />
    </div>
  );
}
