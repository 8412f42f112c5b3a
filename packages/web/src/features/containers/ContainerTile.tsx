import { usableMl } from '@perista/core';
import type { Container } from '@perista/protocol/api';
import { Droplet, Pencil, Ruler } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Meter } from '../../design/Meter.tsx';
import { Vessel } from '../../design/Vessel.tsx';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from '../access/ConfirmButton.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { ContainerCondition, TONES } from './ContainerCondition.tsx';
import { ContainerForm } from './ContainerForm.tsx';
import styles from './Containers.module.css';
import { useRemoveContainer } from './container-queries.ts';
import { DaysLeft } from './DaysLeft.tsx';
import { LevelPlot } from './LevelPlot.tsx';
import { RefillDialog } from './RefillDialog.tsx';
import { RefillLog } from './RefillLog.tsx';

/** One container at a glance, with what one does to it; its history opens on demand. */
export function ContainerTile({ container }: { container: Container }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState<'refill' | 'measure' | 'change' | null>(null);
  const [isHistoryOpen, setIsHistoryOpen] = useState(false);
  const level = container.level_ml / container.capacity_ml;
  return (
    <Card title={container.product} side={<ContainerCondition state={container.state} />}>
      <div className={styles.body}>
        <Vessel level={level} tone={TONES[container.state]} />
        <div>
          <p className={styles.level}>
            {format.ml(container.level_ml)}{' '}
            <small>{t('containers.of', { capacity: format.ml(container.capacity_ml) })}</small>
          </p>
          <p>
            <DaysLeft {...container} />
          </p>
          <p className={styles.soft}>
            {t('containers.pumps')}: <PumpLinks pumps={container.pumps} />
          </p>
        </div>
      </div>
      <Meter
        label={t('containers.usable')}
        text={format.ml(usableMl(container.level_ml, { emptyMl: container.empty_ml }))}
        used={level}
      />
      <p className={styles.soft}>
        {t('containers.marks', { low: format.ml(container.low_ml), empty: format.ml(container.empty_ml) })}
      </p>
      {container.reserved_ml > 0 && (
        <p className={styles.soft}>{t('containers.reserved', { ml: format.ml(container.reserved_ml) })}</p>
      )}
      <Acts container={container} onOpen={setOpen} />
      <details onToggle={(event) => setIsHistoryOpen(event.currentTarget.open)}>
        <summary>{t('containers.more')}</summary>
        {isHistoryOpen && (
          <div className={styles.more}>
            <LevelPlot container={container} />
            <RefillLog container={container} />
          </div>
        )}
      </details>
      {(open === 'refill' || open === 'measure') && (
        <RefillDialog container={container} act={open} onClose={() => setOpen(null)} />
      )}
      {open === 'change' && <ContainerForm container={container} onClose={() => setOpen(null)} />}
    </Card>
  );
}

interface ActsProps {
  readonly container: Container;
  readonly onOpen: (act: 'refill' | 'measure' | 'change') => void;
}

function Acts({ container, onOpen }: ActsProps) {
  const { t } = useTranslation();
  const [mayRefill, mayChange] = [useMay('operator'), useMay('admin')];
  const remove = useRemoveContainer();
  if (!mayRefill) return null;
  return (
    <>
      <MutationProblem of={[remove]} />
      <div className={styles.actions}>
        <Button look="primary" icon={Droplet} onClick={() => onOpen('refill')}>
          {t('containers.refill')}
        </Button>
        <Button icon={Ruler} onClick={() => onOpen('measure')}>
          {t('containers.measure')}
        </Button>
        {mayChange && (
          <Button icon={Pencil} onClick={() => onOpen('change')}>
            {t('containers.change')}
          </Button>
        )}
        {mayChange && container.pumps.length === 0 && (
          <ConfirmButton
            action={t('containers.remove')}
            title={t('containers.removeTitle', { name: container.product })}
            text={t('containers.removeText')}
            onConfirm={() => remove.mutate(container.id)}
          />
        )}
      </div>
    </>
  );
}

function PumpLinks({ pumps }: Pick<Container, 'pumps'>) {
  const { t } = useTranslation();
  if (pumps.length === 0) return <>{t('containers.noPumps')}</>;
  return pumps.map((pumpId, index) => (
    <span key={pumpId}>
      {index > 0 && ', '}
      <Link href={`/pumps/${pumpId}`}>{pumpId}</Link>
    </span>
  ));
}
