import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../design/Button.tsx';
import styles from './RuleFields.module.css';

interface RowsFieldProps<Row> {
  readonly rows: readonly Row[];
  /** What "add" adds. */
  readonly fresh: Row;
  readonly words: { readonly legend: string; readonly add: string; readonly remove: (no: number) => string };
  readonly error: string | undefined;
  readonly onChange: (rows: Row[]) => void;
  readonly children: (row: Row, no: number, replace: (row: Row) => void) => ReactNode;
}

/** Rows of one kind, of which one stays. */
export function RowsField<Row>({ rows, fresh, words, error, onChange, children }: RowsFieldProps<Row>) {
  const replace = (place: number, ...next: Row[]) =>
    onChange([...rows.slice(0, place), ...next, ...rows.slice(place + 1)]);
  return (
    <fieldset className={styles.group} aria-invalid={error === undefined ? undefined : true}>
      <legend>{words.legend}</legend>
      <ul className={styles.list}>
        {rows.map((row, place) => {
          const no = place + 1;
          return (
            <li key={no}>
              {children(row, no, (next) => replace(place, next))}
              {rows.length > 1 && (
                <Button look="quiet" icon={X} aria-label={words.remove(no)} onClick={() => replace(place)} />
              )}
            </li>
          );
        })}
      </ul>
      <Button look="quiet" icon={Plus} onClick={() => onChange([...rows, fresh])}>
        {words.add}
      </Button>
      <p className={styles.error} role="alert">
        {error}
      </p>
    </fieldset>
  );
}
