import { useId } from 'react';
import styles from './Switch.module.css';

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  /** Stands beside it: on or off, in words. */
  readonly word: string;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly onToggle: (isOn: boolean) => void;
}

/** Something that is on or off, and changes at once. */
export function Switch({ label, isOn, word, busy = false, disabled = false, onToggle }: SwitchProps) {
  const id = useId();
  return (
    <span className={styles.switch}>
      <button
        type="button"
        role="switch"
        aria-checked={isOn}
        aria-label={label}
        aria-describedby={id}
        aria-busy={busy || undefined}
        disabled={disabled}
        onClick={(event) => !busy && event.detail <= 1 && onToggle(!isOn)}
      >
        <span aria-hidden />
      </button>
      <span id={id}>{word}</span>
    </span>
  );
}
