import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './Banner.module.css';

interface BannerProps {
  readonly tone: 'info' | 'warn' | 'danger' | 'good';
  readonly icon: LucideIcon;
  /** `alert` interrupts whoever listens; the others wait. */
  readonly urgent?: boolean;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** Something one must know now, in words with what to do. */
export function Banner({ tone, icon: Icon, urgent, action, children }: BannerProps) {
  return (
    <div className={styles.banner} data-tone={tone} role={urgent ? 'alert' : 'status'}>
      <Icon aria-hidden size={20} />
      <div className={styles.words}>{children}</div>
      {action}
    </div>
  );
}
