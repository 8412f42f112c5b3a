import { type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, useId } from 'react';
import styles from './Field.module.css';

interface FieldParts {
  readonly label: string;
  /** Stands beside the input, such as a unit. */
  readonly unit?: string;
  readonly hint?: ReactNode;
  /** What is wrong, in words. */
  readonly error?: string | undefined;
}

type TextFieldProps = FieldParts & InputHTMLAttributes<HTMLInputElement> & { readonly ref?: Ref<HTMLInputElement> };

/** An input with its label, unit, hint and error, tied together for those who hear them. */
export function TextField({ label, unit, hint, error, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} unit={unit} hint={hint} error={error}>
      <input {...input} id={id} {...described(id, { hint, error, unit })} className={styles.input} />
    </Frame>
  );
}

type SelectFieldProps = FieldParts &
  SelectHTMLAttributes<HTMLSelectElement> & {
    /** Its place says what it is, as in a table; only those who do not see it are told. */
    readonly isLabelHidden?: boolean;
  };

export function SelectField({ label, isLabelHidden, hint, error, children, ...select }: SelectFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} isLabelHidden={isLabelHidden} hint={hint} error={error}>
      <select {...select} id={id} {...described(id, { hint, error })} className={styles.input}>
        {children}
      </select>
    </Frame>
  );
}

function Frame({ id, label, isLabelHidden, unit, hint, error, children }: FieldOf) {
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={isLabelHidden ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <div className={styles.box} data-wrong={error !== undefined || undefined}>
        {children}
        {unit && (
          <span className={styles.unit} id={`${id}-unit`}>
            {unit}
          </span>
        )}
      </div>
      {hint && (
        <p className={styles.hint} id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p className={styles.error} id={`${id}-error`} role="alert">
        {error}
      </p>
    </div>
  );
}

interface FieldOf {
  readonly id: string;
  readonly label: string;
  readonly isLabelHidden?: boolean | undefined;
  readonly unit?: string | undefined;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

function described(id: string, { hint, error, unit }: Pick<FieldOf, 'hint' | 'error' | 'unit'>) {
  const parts = [unit && `${id}-unit`, hint && `${id}-hint`, error && `${id}-error`].filter(Boolean);
  return {
    'aria-invalid': error === undefined ? undefined : true,
    'aria-describedby': parts.length === 0 ? undefined : parts.join(' '),
  };
}
