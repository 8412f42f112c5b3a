import styles from './Meter.module.css';

interface MeterProps {
  readonly label: string;
  /** What is beside the label, with its unit. */
  readonly text: string;
  /** Parts of 1, drawn one after the other. */
  readonly used: number;
  /** What an order would add. */
  readonly added?: number;
  readonly tone?: 'liquid' | 'warn' | 'danger';
}

/** How much of a limit is used up, and what an order would use besides. */
export function Meter({ label, text, used, added = 0, tone = 'liquid' }: MeterProps) {
  const share = (part: number) => `${Math.min(Math.max(part, 0), 1) * 100}%`;
  return (
    <div className={styles.meter} data-tone={used + added > 1 ? 'danger' : tone}>
      <div className={styles.words}>
        <span>{label}</span>
        <span className={styles.text}>{text}</span>
      </div>
      <div className={styles.track} aria-hidden>
        <div className={styles.used} style={{ inlineSize: share(used) }} />
        <div className={styles.added} style={{ inlineSize: share(Math.min(added, 1 - Math.min(used, 1))) }} />
      </div>
    </div>
  );
}
