import type { Invariant } from '../invariant.ts';

export const eventLog: Invariant = {
  id: 'I19',
  rule: 'event log gap-free, told at least once, in order',
  begin() {
    const told = new Map<number, number>();
    let lastTold = 0;
    return {
      'event-told': ({ run, seq }) => {
        const before = told.get(run);
        told.set(run, seq);
        lastTold = seq;
        return before !== undefined && seq !== before + 1 ? `event ${seq} was told after event ${before}` : null;
      },
      'process-began': ({ process }) => {
        if (process === 'controller') lastTold = 0;
        return null;
      },
      quiet: ({ books: { eventRows, lastEventSeq } }) => {
        if (eventRows !== lastEventSeq) return `${eventRows} events are numbered up to ${lastEventSeq}`;
        return lastTold !== 0 && lastTold !== lastEventSeq ? `events after ${lastTold} were not told` : null;
      },
    };
  },
};
