import type { ReactNode } from 'react';
import styles from './Table.module.css';

export interface TableRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
}

interface TableProps {
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
  /** What is said instead of no rows. */
  readonly empty: string;
  readonly caption?: string;
}

/** A table that becomes a list of cards where it has no room. */
export function Table({ head, rows, empty, caption }: TableProps) {
  if (rows.length === 0) return <p className={styles.empty}>{empty}</p>;
  return (
    <div className={styles.place} style={{ fontSize: `${head.length}rem` }}>
      <table className={styles.table}>
        {caption && <caption className="visually-hidden">{caption}</caption>}
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, column) => (
                <td key={head[column]} data-name={head[column]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
