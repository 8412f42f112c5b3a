import { type ReactNode, useId } from 'react';
import styles from './Card.module.css';

/** A region with a heading. */
export function Card({ title, side, children }: { title: ReactNode; side?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        {side}
      </header>
      {children}
    </section>
  );
}
