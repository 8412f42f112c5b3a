import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { ContainerForm } from './ContainerForm.tsx';
import styles from './Containers.module.css';
import { ContainerTile } from './ContainerTile.tsx';
import { useContainers } from './container-queries.ts';

/** What pumps draw from: how much is left, until when, and who filled it up. */
export function ContainersPage() {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const { data, error } = useContainers();
  const mayChange = useMay('admin');
  const [isAdding, setIsAdding] = useState(false);
  return (
    <>
      <header className={styles.title}>
        <h1>{t('containers.title')}</h1>
        {mayChange && (
          <Button icon={Plus} onClick={() => setIsAdding(true)}>
            {t('containers.add')}
          </Button>
        )}
      </header>
      {data === undefined && <p role="status">{error ? problemText(error) : t('connection.loading')}</p>}
      {data?.items.length === 0 && <p>{t('containers.none')}</p>}
      <ul className={styles.list}>
        {data?.items.map((container) => (
          <li key={container.id}>
            <ContainerTile container={container} />
          </li>
        ))}
      </ul>
      {isAdding && <ContainerForm container={null} onClose={() => setIsAdding(false)} />}
    </>
  );
}
