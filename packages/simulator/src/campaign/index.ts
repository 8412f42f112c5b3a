export { FAULT_NAMES, FAULT_TABLE } from '../faults/fault-table.ts';
export { hunt, huntText } from '../mutants/hunt.ts';
export { MUTANTS } from '../mutants/mutant-table.ts';
export { type CampaignOptions, runCampaign } from './campaign.ts';
export { Crew } from './crew.ts';
export type { LifeResult } from './live.ts';
export { reportText, violationText } from './report.ts';
export { type LifeLine, summarise } from './result.ts';
export { ResultFile } from './result-file.ts';
