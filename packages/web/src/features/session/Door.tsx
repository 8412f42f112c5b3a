import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { LanguageChoice } from '../../app/Preferences.tsx';
import styles from './Door.module.css';

/** What one sees before one is in. */
export function Door({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Perista`;
  }, [title]);
  return (
    <main className={styles.door}>
      <div className={styles.panel}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" />
          <span>Perista</span>
        </div>
        <h1>{title}</h1>
        <p className={styles.text}>{text}</p>
        {children}
      </div>
      <LanguageChoice />
    </main>
  );
}
