import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t('notFound.title')}</h1>
      <p>
        {t('notFound.text')} <Link href="/">{t('notFound.home')}</Link>
      </p>
    </>
  );
}
