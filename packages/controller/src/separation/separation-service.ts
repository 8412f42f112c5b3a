import type { Separations } from '@perista/protocol/api';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Actor, EventLog, SeparationMatrix } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type FieldError, WrongFields } from '../wrong-fields.ts';
import type { SeparationStore } from './separation-store.ts';

export interface SeparationServicePorts {
  readonly store: Store;
  readonly separations: SeparationStore;
  readonly pumps: PumpStore;
  readonly events: Pick<EventLog, 'append'>;
  /** Something may start now. */
  readonly wake: () => void;
}

/** The matrix of pumps that are kept apart, read and written as a whole. */
export class SeparationService implements SeparationMatrix {
  readonly #ports: SeparationServicePorts;

  constructor(ports: SeparationServicePorts) {
    this.#ports = ports;
  }

  read(): Separations {
    return {
      items: this.#ports.separations.list().map(({ pumps: [a, b], minutes }) => ({ pumps: [a, b], minutes })),
    };
  }

  replace({ items }: Separations, actor: Actor): Separations {
    const { store, separations, events, wake } = this.#ports;
    store.transaction(() => {
      const errors = this.#mistakes(items);
      if (errors.length > 0) throw new WrongFields(errors);
      const before = this.read().items;
      separations.replace(items);
      const after = this.read().items;
      if (JSON.stringify(before) === JSON.stringify(after)) return;
      events.append({ kind: 'separations_changed', actor: actor.name, data: { before, after } });
    });
    wake();
    return this.read();
  }

  #mistakes(items: Separations['items']): FieldError[] {
    const seen = new Map<string, number>();
    return items.flatMap(({ pumps }, index) => {
      const path = `items.${index}.pumps`;
      const unknown = pumps
        .map((id, place) => ({ id, place }))
        .filter(({ id }) => this.#ports.pumps.find(id) === undefined)
        .map(({ id, place }) => ({ path: `${path}.${place}`, message: `must be a pump that there is; is "${id}"` }));
      const [a, b] = pumps;
      if (a === b) return [...unknown, { path, message: `must be two pumps; is "${a}" twice` }];
      const pair = pumps.toSorted().join(' ');
      const first = seen.get(pair);
      seen.set(pair, first ?? index);
      if (first === undefined) return unknown;
      return [...unknown, { path, message: `must be a pair that is not listed yet; is that of items.${first}` }];
    });
  }
}
