import styles from './Notifications.module.css';

interface ChoicesProps<Id extends string> {
  readonly legend: string;
  /** What it means to choose none. */
  readonly all: string;
  readonly choices: readonly { readonly id: Id; readonly name: string }[];
  readonly chosen: readonly Id[];
  readonly onChange: (chosen: readonly Id[]) => void;
}

/** Some of many; none chosen is all. */
export function Choices<Id extends string>({ legend, all, choices, chosen, onChange }: ChoicesProps<Id>) {
  return (
    <fieldset className={styles.choices}>
      <legend>{chosen.length === 0 ? `${legend}: ${all}` : legend}</legend>
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
