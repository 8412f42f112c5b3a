import type { Pump } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Card } from '../../design/Card.tsx';
import { Vessel } from '../../design/Vessel.tsx';
import { useFormat } from '../../format/format.ts';
import { ContainerCondition, TONES } from '../containers/ContainerCondition.tsx';
import { useDaysText } from '../containers/use-days-text.ts';
import styles from './ContainerCard.module.css';

/** What the pump draws from. */
export function ContainerCard({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { container } = pump;
  const daysText = useDaysText();
  const level = container.level_ml / container.capacity_ml;
  return (
    <Card title={t('container.title')} side={<ContainerCondition state={container.state} />}>
      <div className={styles.body}>
        <Vessel level={level} tone={TONES[container.state]} />
        <div>
          <p className={styles.level}>{format.ml(pump.container.level_ml)}</p>
          <p className={styles.soft}>
            {t('container.of', {
              capacity: format.ml(pump.container.capacity_ml),
              percent: format.number(level * 100, 1),
            })}
          </p>
          {container.days_left !== null && <p className={styles.soft}>{daysText(container.days_left)}</p>}
          <p>
            <Link href="/containers">{container.product}</Link>
          </p>
        </div>
      </div>
    </Card>
  );
}
