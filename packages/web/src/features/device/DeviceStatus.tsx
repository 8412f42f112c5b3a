import type { Device } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Card } from '../../design/Card.tsx';
import { Meter } from '../../design/Meter.tsx';
import { useFormat } from '../../format/format.ts';
import { figuresOf, useFigure, useStateWord } from '../fleet/use-infusion-words.ts';
import styles from './Device.module.css';

/** What the device does now, in big numbers; grey where they cannot be believed any more. */
export function DeviceStatus({ device, isStale }: { device: Device; isStale: boolean }) {
  const { t } = useTranslation('fleet');
  const format = useFormat();
  const figure = useFigure();
  const stateWord = useStateWord();
  const { infusion } = device;
  const figures = figuresOf(device);
  const planned = infusion?.parameters?.plannedVolumeMl;
  const numbers: [name: string, value: string][] = [
    [t('now.rate'), figure.rate(figures.rateMlPerMin)],
    [t('now.delivered'), figure.ml(figures.deliveredMl ?? infusion?.deliveredMl ?? null)],
    [t('now.volumeLeft'), figure.ml(figures.leftMl)],
    [t('now.timeLeft'), figure.minutes(figures.leftMin)],
    [t('now.battery'), figure.percent(figures.battery)],
  ];
  const percent = figure.percent(figures.percent);
  return (
    <Card
      title={t('now.title')}
      side={
        <strong className={styles.word} data-state={infusion?.state}>
          {stateWord(infusion)}
        </strong>
      }
    >
      <dl className={styles.numbers} data-stale={isStale || undefined}>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {figures.percent !== null && (
        <Meter
          label={t('now.progress')}
          text={planned === undefined ? percent : `${percent} ${t('now.planned', { volume: format.ml(planned) })}`}
          used={figures.percent / 100}
        />
      )}
      {infusion?.state === 'interrupted' && infusion.loMl !== null && (
        <p>{t('now.atLeast', { volume: format.ml(infusion.loMl) })}</p>
      )}
      {infusion !== null && !infusion.verified && <p className={styles.soft}>{t('now.unverified')}</p>}
      {infusion?.subject != null && <p className={styles.soft}>{t('now.subject', { subject: infusion.subject })}</p>}
      {infusion?.source === 'device' && <p className={styles.soft}>{t('now.byDevice')}</p>}
      {infusion?.reason != null && <p className={styles.soft}>{infusion.reason}</p>}
    </Card>
  );
}
