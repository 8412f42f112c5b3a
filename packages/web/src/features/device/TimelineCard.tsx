import { useTranslation } from 'react-i18next';
import { Card } from '../../design/Card.tsx';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import { MoreButton } from '../../lists/MoreButton.tsx';
import { useTimeline } from '../fleet/fleet-queries.ts';

/** Who did what, when, and what became of it. */
export function TimelineCard({ deviceId }: { deviceId: string }) {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const format = useFormat();
  const timeline = useTimeline(deviceId);
  const entries = timeline.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card
      title={f('timeline.title')}
      side={<a href={`/api/devices/${deviceId}/timeline/export.csv`}>{t('action.csv')}</a>}
    >
      <Table
        caption={f('timeline.title')}
        head={[f('timeline.when'), f('timeline.who'), f('timeline.source'), f('timeline.what'), f('timeline.outcome')]}
        empty={timeline.data ? f('timeline.none') : ''}
        rows={entries.map(({ seq, at, actor, source, action, outcome }) => ({
          key: String(seq),
          cells: [
            format.instant(at),
            actor,
            f(`timeline.sources.${source}`),
            <code key="action">{action}</code>,
            outcome === null ? '–' : <Outcome key="outcome" outcome={outcome} />,
          ],
        }))}
      />
      <MoreButton list={timeline} />
    </Card>
  );
}

/** States in the reader's words; what a device says, as it said it. */
function Outcome({ outcome }: { outcome: string }) {
  const { t, i18n } = useTranslation('fleet');
  const words = t as unknown as (key: string) => string;
  return <>{i18n.exists(`fleet:state.${outcome}`) ? words(`state.${outcome}`) : outcome}</>;
}
