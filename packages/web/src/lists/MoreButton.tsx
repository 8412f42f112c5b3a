import { useTranslation } from 'react-i18next';
import { Button } from '../design/Button.tsx';
import { useProblemText } from '../errors/problem-text.ts';

interface GrowingList {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly error: unknown;
  readonly fetchNextPage: () => unknown;
}

/** The end of a list that is read page by page: more, or why not. */
export function MoreButton({ list }: { list: GrowingList }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  if (list.isError) return <p role="alert">{problemText(list.error)}</p>;
  if (list.isPending) return <p role="status">{t('connection.loading')}</p>;
  if (!list.hasNextPage) return null;
  return (
    <div>
      <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
        {t('action.more')}
      </Button>
    </div>
  );
}
