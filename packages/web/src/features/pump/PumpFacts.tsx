import type { Pump, StepperHardware } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { Card } from '../../design/Card.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useFormat } from '../../format/format.ts';

/** Limits and hardware, for whoever wants to know. */
export function PumpFacts({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { limits, hardware, sensors, rate_range_ml_min: rates } = pump;
  const facts: readonly (readonly [string, string])[] = [
    [t('facts.single'), `${format.ml(pump.min_dose_ml)} – ${format.ml(limits.single_ml)}`],
    [t('facts.duration'), format.duration(limits.duration_s)],
    [t('facts.rates'), rates === null ? '–' : `${format.rate(rates.slowest)} – ${format.rate(rates.fastest)}`],
    [t('facts.group'), pump.mutex_group ?? t('facts.noGroup')],
    hardware.kind === 'relay' ? [t('facts.relay'), String(hardware.channel)] : [t('facts.board'), boardOf(hardware)],
    [
      t('facts.line'),
      sensors === null
        ? '–'
        : t('facts.lineHealth', {
            answered: format.number(sensors.line.answered),
            lost: format.number(sensors.line.lost),
          }),
    ],
  ];
  return (
    <Card title={t('facts.title')}>
      <Facts facts={facts} />
    </Card>
  );
}

const boardOf = ({ address, line, microstep }: StepperHardware): string =>
  `0x${address.toString(16).toUpperCase()} · ${line} · ${microstep}×`;
