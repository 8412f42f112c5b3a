import type { Log } from '@perista/core';
import { EMPTY_UNIT, type UnitSetup } from '../pumps/pump-setup.ts';
import { DoseJournal } from './dose-journal.ts';
import type { JournalStorage } from './journal-storage.ts';
import { KeptFact } from './kept-fact.ts';

/** All that the agent remembers across restarts: facts about the unit, and doses. */
export interface AgentJournal {
  readonly doses: DoseJournal;
  /** Highest epoch of a controller session, in decimal. */
  readonly epoch: KeptFact<string>;
  readonly emergencyStop: KeptFact<boolean>;
  readonly setup: KeptFact<UnitSetup>;
}

/**
 * Reads the journal and repairs single damaged copies. Where both copies of a fact are damaged the safe value stands:
 * no pumps, emergency stop latched, the highest epoch that any dose was ordered under.
 */
export async function loadJournal(storage: JournalStorage, log: Log): Promise<AgentJournal> {
  const doses = await DoseJournal.load(storage, log);
  const epochOfDoses = doses.highestEpoch().toString();
  return {
    doses,
    epoch: await KeptFact.load(storage, log, 'epoch', { initial: epochOfDoses, ifDamaged: epochOfDoses }),
    emergencyStop: await KeptFact.load(storage, log, 'emergency-stop', { initial: false, ifDamaged: true }),
    setup: await KeptFact.load(storage, log, 'unit-setup', { initial: EMPTY_UNIT, ifDamaged: EMPTY_UNIT }),
  };
}
