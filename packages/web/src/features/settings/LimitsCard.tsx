import type { Pump } from '@perista/protocol/api';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Table } from '../../design/Table.tsx';
import { useLive } from '../../live/live.ts';
import { LimitsDialog } from './LimitsDialog.tsx';
import { limitsOf, useLimitText } from './limits-draft.ts';
import styles from './Settings.module.css';

/** What each pump may give at most, for all pumps at a glance. */
export function LimitsCard() {
  const { t: s } = useTranslation('settings');
  const limitText = useLimitText();
  const isAdmin = useMay('admin');
  const { pumps } = useLive();
  const [edited, setEdited] = useState<Pump | null>(null);
  const rows = pumps.map((pump) => ({
    key: pump.id,
    cells: [
      <strong key="name">{pump.name}</strong>,
      ...limitsOf(pump).map(([name, value]) => limitText(name, value)),
      ...(isAdmin
        ? [
            <Button
              key="change"
              look="quiet"
              aria-label={s('limits.changeOf', { pump: pump.name })}
              onClick={() => setEdited(pump)}
            >
              {s('limits.change')}
            </Button>,
          ]
        : []),
    ],
  }));
  const names = ['single_ml', 'duration_s', 'hour_ml', 'day_ml', 'week_ml', 'max_rate_ml_min'] as const;
  return (
    <Card title={s('limits.title')}>
      <p className={styles.soft}>{s('limits.text')}</p>
      <Table
        caption={s('limits.title')}
        head={[s('limits.pump'), ...names.map((name) => s(`limits.${name}`)), ...(isAdmin ? [s('limits.change')] : [])]}
        empty={s('limits.none')}
        rows={rows}
      />
      {edited !== null && <LimitsDialog pump={edited} onClose={() => setEdited(null)} />}
    </Card>
  );
}
