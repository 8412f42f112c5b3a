import { Languages, LogOut, SunMoon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLogOut } from '../features/session/use-log-out.ts';
import { chooseLanguage, LANGUAGES, type Language } from '../i18n/i18n.ts';
import styles from './Preferences.module.css';
import { useMe } from './session-context.tsx';
import { applyTheme, chosenTheme, THEMES, type Theme } from './theme.ts';

/** Who is logged in, and how this browser shows things. */
export function Preferences() {
  const { t } = useTranslation();
  const me = useMe();
  const logOut = useLogOut();
  return (
    <details className={styles.preferences}>
      <summary>
        <span className={styles.initial} aria-hidden>
          {me.username.slice(0, 1).toUpperCase()}
        </span>
        <span className={styles.name}>{me.username}</span>
        <span className={styles.role}>{t(`role.${me.role}`)}</span>
      </summary>
      <div className={styles.panel}>
        <ThemeChoice />
        <LanguageChoice />
        <button type="button" className={styles.choice} onClick={() => logOut.mutate()}>
          <LogOut aria-hidden size={18} />
          {t('session.logOut')}
        </button>
      </div>
    </details>
  );
}

function ThemeChoice() {
  const { t } = useTranslation();
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (next: Theme) => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <label className={styles.choice}>
      <SunMoon aria-hidden size={18} />
      <span className="visually-hidden">{t('theme.label')}</span>
      <select value={theme} onChange={(event) => choose(event.target.value as Theme)}>
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {t(`theme.${name}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function LanguageChoice() {
  const { t, i18n } = useTranslation();
  return (
    <label className={styles.choice}>
      <Languages aria-hidden size={18} />
      <span className="visually-hidden">{t('language.label')}</span>
      <select value={i18n.language} onChange={(event) => void chooseLanguage(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
