import type { Pump } from '@perista/protocol/api';
import { Pencil, Plus, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Table } from '../../design/Table.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from '../access/ConfirmButton.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { PairDialog } from './PairDialog.tsx';
import type { Pair } from './pair-draft.ts';
import styles from './Separation.module.css';
import { useChangePair, useSeparations } from './separation-queries.ts';

/** Pairs of pumps that are kept apart, and for how long; an administrator changes them. */
export function SeparationsCard({ pumps }: { pumps: readonly Pump[] }) {
  const { t } = useTranslation();
  const { t: s } = useTranslation('separation');
  const format = useFormat();
  const problemText = useProblemText();
  const mayChange = useMay('admin');
  const separations = useSeparations();
  const remove = useChangePair(() => {});
  const [opened, setOpened] = useState<Pair | 'new' | null>(null);
  const pairs = separations.data?.items;
  const nameOf = (id: string) => pumps.find((pump) => pump.id === id)?.name ?? s('gone', { id });
  return (
    <Card
      title={s('title')}
      side={
        mayChange && (
          <Button icon={Plus} disabled={pumps.length < 2 || pairs === undefined} onClick={() => setOpened('new')}>
            {s('add')}
          </Button>
        )
      }
    >
      <p>{s('text')}</p>
      <MutationProblem of={[remove]} />
      {separations.error !== null && (
        <Banner tone="danger" icon={TriangleAlert}>
          {problemText(separations.error)}
        </Banner>
      )}
      {pairs !== undefined && (
        <Table
          caption={s('title')}
          head={[s('pair'), s('minutes'), ...(mayChange ? [t('action.actions')] : [])]}
          empty={s('none')}
          rows={pairs.map((pair) => {
            const name = pair.pumps.map(nameOf).join(' – ');
            return {
              key: pair.pumps.join(' '),
              cells: [
                <strong key="pair">{name}</strong>,
                s('span', { minutes: format.number(pair.minutes) }),
                ...(mayChange
                  ? [
                      <span key="acts" className={styles.acts}>
                        <Button look="quiet" icon={Pencil} onClick={() => setOpened(pair)}>
                          {s('edit')}
                        </Button>
                        <ConfirmButton
                          action={s('remove')}
                          title={s('removeTitle')}
                          text={s('removeText', { pair: name })}
                          onConfirm={() => remove.mutate({ before: pair, after: null })}
                        />
                      </span>,
                    ]
                  : []),
              ],
            };
          })}
        />
      )}
      {opened !== null && pairs !== undefined && (
        <PairDialog
          pair={opened === 'new' ? null : opened}
          pairs={pairs}
          pumps={pumps}
          onClose={() => setOpened(null)}
        />
      )}
    </Card>
  );
}
