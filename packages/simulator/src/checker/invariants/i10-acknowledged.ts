import type { Invariant } from '../invariant.ts';

export const acknowledged: Invariant = {
  id: 'I10',
  rule: 'each acknowledged command is in the ledger after any crash',
  begin() {
    let orders = new Set<string>();
    let isEngaged = false;
    let limits = new Map<string, number>();
    return {
      'order-answered': ({ answer, pumpId, key }, chronicle) => {
        if (answer.kind !== 'done') return null;
        const { doseId } = answer.value;
        orders.add(doseId);
        if (chronicle.find(doseId)?.row == null)
          return `order ${key} on ${pumpId} was accepted and is not in the ledger`;
        return null;
      },
      'emergency-answered': ({ answer }) => {
        // One that was answered late may have been released meanwhile, and says so.
        if (answer.kind === 'done' && answer.value.latched) isEngaged = true;
        return null;
      },
      'release-asked': ({ isLatched }) => {
        const isForgotten = isEngaged && isLatched === false;
        isEngaged = false;
        return isForgotten ? 'the emergency stop was acknowledged and is not latched any more' : null;
      },
      'patch-answered': ({ pumpId, limits: asked, answer }) => {
        for (const [name, value] of Object.entries(asked)) {
          if (answer.kind === 'done') limits.set(`${pumpId} ${name}`, value);
          else limits.delete(`${pumpId} ${name}`);
        }
        return null;
      },
      'backup-restored': () => {
        orders = new Set();
        isEngaged = false;
        limits = new Map();
        return null;
      },
      quiet: ({ books }, chronicle) => {
        for (const doseId of orders) {
          if (chronicle.find(doseId)?.row == null) return `dose ${doseId} was accepted and is gone from the ledger`;
        }
        if (books.doseRows < orders.size)
          return `${orders.size} orders were accepted, ${books.doseRows} are in the ledger`;
        orders = new Set([...orders].slice(-100));
        if (isEngaged && !books.isLatched) return 'the emergency stop was acknowledged and is not latched any more';
        for (const [what, value] of limits) {
          const [pumpId = '', name = ''] = what.split(' ');
          const stands = books.limits[pumpId]?.[name];
          if (stands !== value) return `${name} of ${pumpId} was set to ${value}, and the books say ${stands}`;
        }
        return null;
      },
    };
  },
};
