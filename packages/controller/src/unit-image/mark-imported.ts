import { Facts } from '../ledger/facts.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import type { Store } from '../store/store.ts';

/** Has the next start of a unit take over what was imported into its image. Call it while no controller has the database. */
export function markImageImported(store: Store, wallMs: number): void {
  migrate(store, MIGRATIONS, wallMs);
  new Facts(store).write('unit_image', 'imported');
}
