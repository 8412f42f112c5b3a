import type { Calibration, CalibrationCurve, PumpCalibrations } from '@perista/protocol/api';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../design/Card.tsx';
import { Facts } from '../../design/Facts.tsx';
import { SelectField } from '../../design/Field.tsx';
import { Table } from '../../design/Table.tsx';
import { type Format, useFormat } from '../../format/format.ts';
import { CurvePlots } from './CurvePlots.tsx';
import { coreCurve, type PlottedRun, perTurn } from './curve-data.ts';

/** The curve that is being measured, else the one in use; beside another one if somebody wants to see both. */
export function CurveCard({ all: { items, session } }: { all: PumpCalibrations }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const [comparedId, setComparedId] = useState('');
  const inUse = items.find(({ active }) => active);
  const curve = session?.curve ?? inUse?.curve;
  const shownId = session?.curve ? session.calibration?.id : inUse?.id;
  const others = items.filter(({ id }) => id !== shownId);
  const compared = others.find(({ id }) => id === comparedId) ?? null;
  if (curve === undefined) {
    return (
      <Card title={t('calibrate:curve.title')}>
        <p>{t('calibrate:curve.none')}</p>
      </Card>
    );
  }
  const runs = session?.curve ? runsOfSession(session.runs) : runsOf(inUse);
  return (
    <Card title={t('calibrate:curve.title')}>
      <CurvePlots curve={curve} runs={runs} other={compared?.curve ?? null} />
      <Facts facts={factsOf(curve, format, t)} />
      {others.length > 0 && (
        <SelectField
          label={t('calibrate:curve.compare')}
          value={compared?.id ?? ''}
          onChange={(event) => setComparedId(event.target.value)}
        >
          <option value="">{t('calibrate:curve.nothing')}</option>
          {others.map(({ id, created_at }) => (
            <option key={id} value={id}>
              {`${format.day(created_at)}, ${format.time(created_at)}`}
            </option>
          ))}
        </SelectField>
      )}
      <details open={compared !== null || undefined}>
        <summary>{t('plot.asTable')}</summary>
        <SpeedTable curve={curve} other={compared?.curve ?? null} />
      </details>
    </Card>
  );
}

function SpeedTable({ curve, other }: { curve: CalibrationCurve; other: CalibrationCurve | null }) {
  const { t } = useTranslation(['translation', 'calibrate']);
  const format = useFormat();
  const compared = other === null ? null : coreCurve(other);
  const head = [
    'speed',
    'perTurn',
    ...(compared === null ? (['scatter', 'runs'] as const) : (['other', 'difference'] as const)),
  ] as const;
  return (
    <Table
      caption={t('calibrate:curve.title')}
      head={head.map((name) => t(`calibrate:curve.${name}`))}
      rows={curve.speeds.map(({ rpm, ml_per_rev, repeatability_pct, runs }) => {
        const there = compared === null ? null : perTurn(compared, rpm);
        const beside =
          compared === null
            ? [repeatability_pct === null ? '–' : `${format.number(repeatability_pct, 2)} %`, format.number(runs)]
            : [
                there === null ? '–' : `${format.number(there, 4)} ml`,
                there === null ? '–' : `${format.number((ml_per_rev / there - 1) * 100, 1)} %`,
              ];
        return {
          key: String(rpm),
          cells: [`${format.number(rpm, 1)} rpm`, `${format.number(ml_per_rev, 4)} ml`, ...beside],
        };
      })}
      empty="–"
    />
  );
}

function factsOf(curve: CalibrationCurve, format: Format, t: TFunction<['translation', 'calibrate']>) {
  const { error_pct, repeatability_pct, smallest_accurate_ml } = curve;
  const smallest = smallest_accurate_ml === null ? t('calibrate:curve.noSmallest') : format.ml(smallest_accurate_ml);
  return [
    [t('calibrate:curve.error'), `± ${format.number(error_pct, 1)} %`],
    [t('calibrate:curve.repeatability'), `${format.number(repeatability_pct, 2)} %`],
    [t('calibrate:curve.smallest'), smallest],
  ] as const;
}

const runsOf = (calibration: Calibration | undefined): PlottedRun[] =>
  (calibration?.runs ?? []).map(({ rpm, revolutions, measured_ml, outlier }) => ({
    rpm,
    mlPerRev: measured_ml / revolutions,
    outlier,
  }));

const runsOfSession = (runs: NonNullable<PumpCalibrations['session']>['runs']): PlottedRun[] =>
  runs.flatMap(({ kind, state, rpm, revolutions, measured_ml, outlier }) =>
    kind === 'speed' && state === 'measured' && measured_ml !== null
      ? [{ rpm, mlPerRev: measured_ml / revolutions, outlier }]
      : [],
  );
