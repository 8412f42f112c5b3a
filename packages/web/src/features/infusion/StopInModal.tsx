import { OctagonX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { useOrder } from '../fleet/fleet-queries.ts';

/** A stop while a dialog stands open: one press, and one more that means it. */
export function StopInModal({ deviceId }: { deviceId: string }) {
  const { t } = useTranslation('fleet');
  const order = useOrder(deviceId);
  const [isSure, setIsSure] = useState(false);
  return (
    <Button
      look="danger"
      size="large"
      icon={OctagonX}
      busy={order.isPending}
      onClick={() => (isSure ? order.mutate('STOP_INFUSION') : setIsSure(true))}
      onBlur={() => setIsSure(false)}
    >
      {isSure ? t('waiting.stopSure', { id: deviceId }) : t('waiting.stop')}
    </Button>
  );
}
