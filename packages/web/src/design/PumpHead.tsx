import styles from './PumpHead.module.css';

interface PumpHeadProps {
  readonly turning?: 'forward' | 'reverse' | undefined;
  readonly size?: number;
}

/** A peristaltic head: three rollers on a rotor that squeeze a tube. It turns while liquid moves; otherwise it rests. */
export function PumpHead({ turning, size = 64 }: PumpHeadProps) {
  return (
    <svg
      className={styles.head}
      width={size}
      height={size}
      viewBox="0 0 64 64"
      data-turning={turning}
      aria-hidden="true"
    >
      <path className={styles.tube} d="M9 60V32a23 23 0 0 1 46 0v28" />
      <path className={styles.flow} d="M9 60V32a23 23 0 0 1 46 0v28" />
      <g className={styles.rotor}>
        <circle className={styles.hub} cx="32" cy="32" r="9" />
        <path className={styles.arms} d="M32 32V17M32 32l13 7.500M32 32l-13 7.500" />
        <g className={styles.rollers}>
          <circle cx="32" cy="15.500" r="5.500" />
          <circle cx="46.300" cy="40.200" r="5.500" />
          <circle cx="17.700" cy="40.200" r="5.500" />
        </g>
      </g>
    </svg>
  );
}
