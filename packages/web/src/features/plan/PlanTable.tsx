import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import type { PlanRow } from './plan-marks.ts';
import type { PlanWords } from './use-plan-words.ts';

const ROWS_AT_ONCE = 50;

/** The same marks to be read, those that are due first on top. */
export function PlanTable({ rows, words }: { rows: readonly PlanRow[]; words: PlanWords }) {
  const { t } = useTranslation();
  const { t: p } = useTranslation('plan');
  const format = useFormat();
  const [most, setMost] = useState(ROWS_AT_ONCE);
  const marks = rows.flatMap((row) => row.marks).sort((one, other) => one.at - other.at);
  return (
    <>
      <Table
        caption={p('title')}
        head={[p('when'), p('pump'), p('volume'), p('outcome')]}
        empty={p('none')}
        rows={marks.slice(0, most).map((mark) => ({
          key: mark.id,
          cells: [
            words.when(mark),
            words.nameOf(mark.pumpId),
            format.ml(mark.givenMl + mark.heldBackMl),
            words.outcome(mark),
          ],
        }))}
      />
      {marks.length > most && <Button onClick={() => setMost(most + ROWS_AT_ONCE)}>{t('action.more')}</Button>}
    </>
  );
}
