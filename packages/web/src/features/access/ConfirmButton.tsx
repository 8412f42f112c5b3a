import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';

interface ConfirmButtonProps {
  readonly action: string;
  readonly title: string;
  readonly text: string;
  readonly onConfirm: () => void;
}

/** For what cannot be undone: asks first, and says what will be lost. */
export function ConfirmButton({ action, title, text, onConfirm }: ConfirmButtonProps) {
  const { t } = useTranslation();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setIsAsking(true)}>
        {action}
      </Button>
      {isAsking && (
        <Dialog title={title} onClose={() => setIsAsking(false)}>
          <p>{text}</p>
          <DialogActions>
            <Button autoFocus onClick={() => setIsAsking(false)}>
              {t('action.cancel')}
            </Button>
            <Button
              look="danger"
              onClick={() => {
                setIsAsking(false);
                onConfirm();
              }}
            >
              {action}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}
