import styles from './Choices.module.css';

interface ChoicesProps<Id extends string> {
  readonly legend: string;
  /** What it means to choose none, where it means all. */
  readonly all?: string;
  readonly choices: readonly { readonly id: Id; readonly name: string }[];
  readonly chosen: readonly Id[];
  readonly onChange: (chosen: readonly Id[]) => void;
}

/** Some of many. */
export function Choices<Id extends string>({ legend, all, choices, chosen, onChange }: ChoicesProps<Id>) {
  return (
    <fieldset className={styles.choices}>
      <legend>{all !== undefined && chosen.length === 0 ? `${legend}: ${all}` : legend}</legend>
      {choices.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={({ target }) => onChange(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
