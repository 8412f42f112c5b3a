import type { ControllerServices } from '@perista/controller';
import { isPeristaError } from '@perista/core';
import { SECRETS } from '../checker/secrets.ts';
import { handOn } from './hand-on.ts';
import type { Mutant } from './mutant.ts';

const serving = (change: (services: ControllerServices) => Partial<ControllerServices>): Mutant['composition'] => ({
  services: (services) => ({ ...services, ...change(services) }),
});

/** Defects of the use cases. */
export const SERVICE_MUTANTS = {
  'keys-are-ignored': {
    defect: 'an order under a known key is a new order',
    breaks: ['P2', 'I1'],
    shows: ['double-click'],
    composition: serving(({ doses }) => {
      let orders = 0;
      return { doses: handOn(doses, { order: (input) => doses.order({ ...input, key: `${input.key}-${orders++}` }) }) };
    }),
  },
  'other-body-is-another-dose': {
    defect: 'another body under a known key is taken for a new order',
    breaks: ['P2'],
    shows: ['double-click'],
    composition: serving(({ doses }) => ({
      doses: handOn(doses, {
        order: (input) => {
          const outcome = doses.order(input);
          return outcome.kind === 'key-reused' ? doses.order({ ...input, key: `${input.key}-again` }) : outcome;
        },
      }),
    })),
  },
  'silent-clamp': {
    defect: 'an order over a limit is cut to fit',
    breaks: ['I17'],
    shows: [],
    composition: serving(({ doses }) => ({
      doses: handOn(doses, {
        order: (input) => {
          const outcome = doses.order(input);
          if (outcome.kind !== 'refused' || outcome.refusal.limit === undefined) return outcome;
          const volume_ml = input.request.volume_ml / 2;
          return doses.order({ ...input, request: { ...input.request, volume_ml }, key: `${input.key}-less` });
        },
      }),
    })),
  },
  'refused-and-given': {
    defect: 'what was answered as refused is ordered all the same',
    breaks: ['I11', 'I17', 'P2'],
    shows: [],
    composition: serving(({ doses }) => ({
      doses: handOn(doses, {
        order: (input) => {
          const outcome = doses.order(input);
          if (outcome.kind !== 'accepted') return outcome;
          const { dose_id: doseId, volume_ml } = outcome.answer;
          if (volume_ml < 1) return outcome;
          const refusal = { kind: 'refused', reason: 'fault', code: 'E433', sentence: 'It is not so.' } as const;
          return { kind: 'refused', doseId, refusal };
        },
      }),
    })),
  },
  'failed-and-acknowledged': {
    defect: 'an order whose commit failed is answered as accepted',
    breaks: ['I10'],
    shows: ['commits-lost', 'disk-full'],
    composition: serving(({ doses }) => ({
      doses: handOn(doses, {
        order: (input) => {
          try {
            return doses.order(input);
          } catch (error) {
            if (!isPeristaError(error, 'E301')) throw error;
            const { volume_ml } = input.request;
            const dose_id = `key.${input.pumpId}.admin.${input.key}`;
            const plan = { volume_ml, duration_s: 1, rate_ml_min: 1, pulses: 1, error_pct: 1, accepted_at: '' };
            return { kind: 'accepted', answer: { dose_id, pump_id: input.pumpId, state: 'accepted', ...plan } };
          }
        },
      }),
    })),
  },
  'stop-is-a-wish': {
    defect: 'a stop is answered before anybody was told',
    breaks: ['I12'],
    shows: ['stop'],
    composition: serving(({ stops }) => ({
      stops: handOn(stops, { stopPump: async (pumpId) => ({ at_rest: [pumpId], unproven: [] }) }),
    })),
  },
  'cancel-is-a-wish': {
    defect: 'a dose that was cancelled starts all the same',
    breaks: ['I12'],
    shows: ['cancel'],
    composition: serving(({ doses }) => ({
      doses: handOn(doses, { cancel: async (doseId) => doses.get(doseId) }),
    })),
  },
  'emergency-without-latch': {
    defect: 'the emergency stop stops and does not latch',
    breaks: ['I12', 'I10'],
    shows: ['emergency-stop'],
    composition: serving(({ stops }) => ({
      stops: handOn(stops, {
        engage: async (actor) => {
          await Promise.all(['ph-down', 'nutrient-a'].map((pumpId) => stops.stopPump(pumpId, actor)));
          const outcome = { at_rest: ['ph-down', 'nutrient-a'], unproven: [] };
          return { latched: true, since: null, actor: actor.name, reason: null, outcome };
        },
      }),
    })),
  },
  'limits-are-not-kept': {
    defect: 'new limits are acknowledged and not written down',
    breaks: ['I10'],
    shows: ['edit-limits'],
    composition: serving(({ pumps }) => ({
      pumps: handOn(pumps, { update: (pumpId) => pumps.get(pumpId) }),
    })),
  },
  'secret-in-the-log': {
    defect: 'the password stands in the log',
    breaks: ['I22'],
    shows: [],
    composition: {
      log: (log) => ({ ...log, info: (fields, message) => log.info({ ...fields, password: SECRETS[0] }, message) }),
    },
  },
} as const satisfies Record<string, Mutant>;
