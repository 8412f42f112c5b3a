import { useMutation } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { useProblemText } from '../../errors/problem-text.ts';

interface ReasonDialogProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly send: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Lifts a safeguard, after somebody said what was checked. */
export function ReasonDialog({ title, text, action, send, onClose }: ReasonDialogProps) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const release = useMutation({ mutationFn: send, onSuccess: onClose });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setIsMissing(reason.trim() === '');
    if (reason.trim() !== '' && !release.isPending) release.mutate(reason.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <form onSubmit={submit} noValidate>
        <TextField
          label={t('reason.label')}
          autoFocus
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={isMissing ? t('reason.missing') : undefined}
        />
        {release.isError && (
          <Banner tone="danger" icon={TriangleAlert} urgent>
            {problemText(release.error)}
          </Banner>
        )}
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={release.isPending}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
