import type { CommissionResult } from '@perista/drivers';
import type { BoardPlace } from './dialogue.ts';

/** What to put into `perista.yaml` for a board that was commissioned. The caps are for a person to decide. */
export function yamlAdvice({ pumpId, path, baud, maxRpm }: BoardPlace, result: CommissionResult): string {
  return `hardware:
  kind: real
  lines:
    - { id: main, path: ${path}, baud: ${baud} }
  pumps:
    - id: ${pumpId}
      line: main
      address: 0x${result.address.toString(16).toUpperCase()}
      microstep: ${result.microstep}
      steps_per_rev: ${result.stepsPerRev}
      dialect: ${result.dialect}
      invert: ${result.invert}
      polls_while_moving: ${result.pollsWhileMoving}
      max_rpm: ${maxRpm}
      # Yours to decide: what this pump may give, whoever asks for it.
      max_rate_ml_min: 10
      limits: { single_ml: 5, duration_s: 600, hour_ml: 10, day_ml: 20, week_ml: 100 }`;
}
