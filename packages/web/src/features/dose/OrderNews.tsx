import { CircleCheck, CircleHelp, CircleSlash } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import type { OrderState } from './use-dose-order.ts';

/** What became of the last order. "No answer" is told as what it is: unknown. */
export function OrderNews({ state }: { state: OrderState }) {
  const { t } = useTranslation();
  const format = useFormat();
  const problemText = useProblemText();
  switch (state.kind) {
    case 'none':
    case 'sending':
      return null;
    case 'accepted':
      return (
        <Banner tone="good" icon={CircleCheck}>
          {t('order.accepted', { volume: format.ml(state.volumeMl) })}
        </Banner>
      );
    case 'refused':
      return (
        <Banner tone="warn" icon={CircleSlash} urgent>
          <strong>{t('order.refused')}</strong> {problemText(state.problem)}
        </Banner>
      );
    case 'unknown':
      return (
        <Banner tone="danger" icon={CircleHelp} urgent>
          <strong>{t('order.unknown', { volume: format.ml(state.order.request.volume_ml) })}</strong>{' '}
          {t('order.unknownAdvice')}
        </Banner>
      );
    case 'not-arrived':
      return (
        <Banner tone="warn" icon={CircleSlash} urgent>
          {t('order.notArrived', { volume: format.ml(state.order.request.volume_ml) })}
        </Banner>
      );
  }
}
