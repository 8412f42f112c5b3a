import type { ReactNode } from 'react';
import { PumpHead } from '../design/PumpHead.tsx';
import styles from './Splash.module.css';

/** A page with nothing but what one waits for. */
export function Splash({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <main className={styles.splash}>
      <PumpHead size={96} />
      <p role="status">{text}</p>
      {children}
    </main>
  );
}
