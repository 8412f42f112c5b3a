import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Card } from '../../design/Card.tsx';
import { Vessel } from '../../design/Vessel.tsx';
import { useFormat } from '../../format/format.ts';
import styles from './ContainerCard.module.css';
import { levelOf, toneOfLevel } from './container-level.ts';

/** What the pump draws from. */
export function ContainerCard({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  const level = levelOf(pump);
  return (
    <Card title={t('container.title')}>
      <div className={styles.body}>
        <Vessel level={level} tone={toneOfLevel(level)} />
        <div>
          <p className={styles.level}>{format.ml(pump.container.level_ml)}</p>
          <p className={styles.soft}>
            {t('container.of', {
              capacity: format.ml(pump.container.capacity_ml),
              percent: format.number(level * 100, 1),
            })}
          </p>
        </div>
      </div>
    </Card>
  );
}
