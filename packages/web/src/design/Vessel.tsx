import { useId } from 'react';
import styles from './Vessel.module.css';

/** A container seen from the side, filled to `level` (0 to 1). Decoration: its numbers stand beside it. */
export function Vessel({ level, tone }: { level: number; tone: 'liquid' | 'warn' | 'danger' }) {
  const id = useId();
  const fill = Math.min(Math.max(level, 0), 1);
  const top = 92 - 76 * fill;
  return (
    <svg className={styles.vessel} viewBox="0 0 56 100" data-tone={tone} aria-hidden="true">
      <clipPath id={id}>
        <path d="M18 8v10c0 5-10 7-10 18v48a8 8 0 0 0 8 8h24a8 8 0 0 0 8-8V36c0-11-10-13-10-18V8z" />
      </clipPath>
      <g clipPath={`url(#${id})`}>
        <rect className={styles.glass} width="56" height="100" />
        <g className={styles.liquid} style={{ transform: `translateY(${top}px)` }}>
          <rect y="1.5" width="56" height="100" />
          <path className={styles.surface} d="M0 2.5Q7 0 14 2.5T28 2.500T42 2.500T56 2.500V6H0z" />
        </g>
        <rect className={styles.shine} x="13" y="34" width="5" height="50" rx="2.5" />
      </g>
      <path
        className={styles.wall}
        d="M18 8v10c0 5-10 7-10 18v48a8 8 0 0 0 8 8h24a8 8 0 0 0 8-8V36c0-11-10-13-10-18V8M15 6h26"
      />
      <path className={styles.marks} d="M42 35h5M44 54h3M42 73h5" />
    </svg>
  );
}
