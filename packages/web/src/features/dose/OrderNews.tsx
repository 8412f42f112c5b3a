import type { DoseRequest } from '@perista/protocol/api';
import { CircleCheck, CircleHelp, CircleSlash } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { useLive } from '../../live/live.ts';
import type { OrderState } from './use-dose-order.ts';

interface OrderNewsProps {
  readonly state: OrderState;
  /** Sends an order that did not arrive once more. */
  readonly onAgain: (request: DoseRequest) => Promise<void>;
}

/** What became of the last order. "No answer" is told as what it is: unknown. */
export function OrderNews({ state, onAgain }: OrderNewsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const problemText = useProblemText();
  const { settled } = useLive();
  switch (state.kind) {
    case 'none':
    case 'sending':
      return null;
    case 'accepted':
      // Its end is told where the pump stands.
      return settled.some(({ dose_id }) => dose_id === state.doseId) ? null : (
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
          <strong>{t('order.unknown', { volume: format.orderedMl(state.order.request.volume_ml) })}</strong>{' '}
          {t('order.unknownAdvice')}
        </Banner>
      );
    case 'not-arrived': {
      const { request } = state.order;
      const volume = format.orderedMl(request.volume_ml);
      return (
        <Banner
          tone="warn"
          icon={CircleSlash}
          urgent
          action={<Button onClick={() => void onAgain(request)}>{t('order.again', { volume })}</Button>}
        >
          {t('order.notArrived', { volume })}
        </Banner>
      );
    }
  }
}
