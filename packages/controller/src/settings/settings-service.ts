import { PeristaError } from '@perista/core';
import type { Settings } from '@perista/protocol/api';
import {
  contradictions,
  SAVABLE,
  SETTINGS,
  type SettingEntry,
  type SettingLayers,
  type SettingName,
  type SettingSections,
  settledValues,
} from '@perista/protocol/settings';
import type { Actor, ControllerServices } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type FieldError, WrongFields } from '../wrong-fields.ts';
import { fixedBy, settingView } from './setting-view.ts';
import type { SettingsShelf } from './settings-shelf.ts';

type Saved = SettingLayers['saved'];

export interface SettingsServicePorts {
  readonly shelf: SettingsShelf;
  readonly store: Store;
  readonly services: Pick<ControllerServices, 'events' | 'pumps'>;
}

/** Settings that can be changed while the unit runs. They are kept beside the database, and apply after a restart. */
export class SettingsService {
  readonly #ports: SettingsServicePorts;
  #saved: Saved;

  constructor(ports: SettingsServicePorts) {
    this.#ports = ports;
    this.#saved = ports.shelf.layers.saved;
  }

  read(): Settings {
    const { layers, restart } = this.#ports.shelf;
    const items = SAVABLE.map((setting) => settingView(setting, layers, this.#saved));
    return { items, needs_restart: items.some((each) => each.needs_restart), can_restart: restart !== null };
  }

  /** All of it or nothing. @throws WrongFields for what cannot be changed here or does not fit together, E303 */
  change(patch: SettingSections, actor: Actor): Settings {
    const { shelf, store, services } = this.#ports;
    const changes = SAVABLE.filter(({ name, section, key }) => {
      const value = patch[section]?.[key];
      return value !== undefined && (value ?? undefined) !== this.#saved[name];
    });
    const saved: Partial<Record<SettingName, unknown>> = { ...this.#saved };
    for (const { name, section, key } of changes) {
      const value = patch[section]?.[key];
      if (value === null) delete saved[name];
      else saved[name] = value;
    }
    const mistakes = [...this.#fixed(patch), ...this.#clashes(saved)];
    if (mistakes.length > 0) throw new WrongFields(mistakes);
    if (changes.length > 0) {
      store.transaction(() => {
        const told = changes.map(({ name, section, key }) => [`${section}.${key}`, this.#change(name, saved)] as const);
        services.events.append({ kind: 'settings_changed', actor: actor.name, data: Object.fromEntries(told) });
        shelf.save(saved);
      });
      this.#saved = saved;
    }
    return this.read();
  }

  /** What holds after a restart; secrets too, so it never leaves the process. */
  next(): Readonly<Partial<Record<SettingName, unknown>>> {
    return settledValues({ ...this.#ports.shelf.layers, saved: this.#saved });
  }

  /** @throws E406 while a pump doses, or where nobody would start the unit again */
  restart(actor: Actor): void {
    const { shelf, services } = this.#ports;
    const { restart } = shelf;
    if (restart === null) throw new PeristaError('E406', 'Nobody would start it again; restart it by hand');
    const busy = services.pumps.list().filter(({ current_dose, queued }) => current_dose !== null || queued > 0);
    if (busy.length > 0) {
      const pumps = busy.map(({ id }) => id).join(', ');
      throw new PeristaError('E406', `Not while doses run or wait (${pumps}); stop them or let them end`);
    }
    services.events.append({ kind: 'restart_asked', actor: actor.name });
    restart();
  }

  #fixed(patch: SettingSections): FieldError[] {
    const { layers } = this.#ports.shelf;
    return SAVABLE.flatMap(({ name, section, key }) => {
      const by = patch[section]?.[key] === undefined ? null : fixedBy(name, layers);
      if (by === null) return [];
      return [{ path: `${section}.${key}`, message: `must not be set here: ${by} says it and wins; change it there` }];
    });
  }

  #clashes(saved: Saved): FieldError[] {
    const values = settledValues({ ...this.#ports.shelf.layers, saved });
    return contradictions(values).map(({ name, rule }) => ({ path: pathOf(name), message: rule }));
  }

  /** From what to what; of a secret only that it changed. */
  #change(name: SettingName, saved: Saved) {
    const { secret }: SettingEntry = SETTINGS[name];
    const text = (value: unknown) => (value === undefined ? null : secret ? '(secret)' : String(value));
    return { before: text(this.#saved[name]), after: text(saved[name]) };
  }
}

function pathOf(name: SettingName): string {
  const place = SAVABLE.find((each) => each.name === name);
  return place === undefined ? name : `${place.section}.${place.key}`;
}
