import type { Pump } from '@perista/protocol/api';
import { TriangleAlert, Waves } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { type Direction, DirectionField } from '../dose/DirectionField.tsx';
import styles from './PrimeCard.module.css';
import { LONGEST_PRIME_S, usePrime } from './use-prime.ts';

/** Fills the tube while the button is held. */
export function PrimeCard({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const mayPrime = useMay('operator');
  return (
    <Card title={t('prime.title')}>
      <p className={styles.soft}>{mayPrime ? t('prime.text', { seconds: LONGEST_PRIME_S }) : t('prime.viewer')}</p>
      {mayPrime && <HoldButton pump={pump} />}
    </Card>
  );
}

function HoldButton({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [direction, setDirection] = useState<Direction>('forward');
  const { isHeld, error, hold, letGo } = usePrime(pump.id, direction);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) hold();
  };
  return (
    <div className={styles.hold}>
      <DirectionField value={direction} disabled={isHeld} onChange={setDirection} />
      <Button
        size="large"
        icon={Waves}
        className={styles.button}
        data-held={isHeld || undefined}
        aria-pressed={isHeld}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          hold();
        }}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onLostPointerCapture={letGo}
        onKeyDown={onKeyDown}
        onKeyUp={letGo}
        onBlur={letGo}
        onContextMenu={(event) => event.preventDefault()}
      >
        {isHeld ? t('prime.held') : t('prime.hold')}
      </Button>
      {error !== null && (
        <Banner tone="warn" icon={TriangleAlert} urgent>
          {problemText(error)}
        </Banner>
      )}
    </div>
  );
}
