import type { DoseRecord, QueryReply } from '@perista/protocol/link';
import { editAnswers, editRequests } from './frame-surgery.ts';
import type { Mutant } from './mutant.ts';

const LONG_LEASE_MS = 10_000;

/** Changes each END record that the agent tells, whichever way. */
const editRecords = (edit: (record: DoseRecord) => DoseRecord) => {
  const inQuery = (reply: QueryReply): QueryReply =>
    reply.kind.case === 'record' ? { ...reply, kind: { case: 'record', value: edit(reply.kind.value) } } : reply;
  return editAnswers({
    events: (kind) => (kind.case === 'doseEnded' ? { case: 'doseEnded', value: edit(kind.value) } : kind),
    replies: (kind) => {
      if (kind.case === 'query') return { case: 'query', value: inQuery(kind.value) };
      if (kind.case !== 'startDose' || kind.value.kind.case !== 'known') return kind;
      return {
        case: 'startDose',
        value: { ...kind.value, kind: { case: 'known', value: inQuery(kind.value.kind.value) } },
      };
    },
  });
};

const MUTEX_BY_AGENT = `coalesce(p.mutex_group, 'pump:' || p.pump_id)`;

/** Defects of the link, and of what each end makes of it. */
export const LINK_MUTANTS = {
  'long-lease': {
    defect: 'a lease lasts ten seconds, whatever the controller says',
    breaks: ['I13'],
    shows: ['controller-kill', 'link-half-open', 'link-cut'],
    composition: {
      down: editRequests((kind) => {
        if (kind.case !== 'startDose' && kind.case !== 'beat') return kind;
        return { ...kind, value: { ...kind.value, leaseMs: LONG_LEASE_MS } } as typeof kind;
      }),
    },
  },
  'motion-a-little-longer': {
    defect: 'the order that arrives has one pulse in fifty more than was planned',
    breaks: ['I17', 'I2', 'I4'],
    shows: [],
    composition: {
      down: editRequests((kind) => {
        if (kind.case !== 'startDose' || kind.value.motion === undefined) return kind;
        const motion = { ...kind.value.motion, pulses: Math.ceil(kind.value.motion.pulses * 1.02) };
        return { case: 'startDose', value: { ...kind.value, motion } };
      }),
    },
  },
  'other-calibration': {
    defect: 'the agent takes another volume for a turn than the intent names',
    breaks: ['I17'],
    shows: [],
    composition: {
      down: editRequests((kind) =>
        kind.case === 'startDose'
          ? { case: 'startDose', value: { ...kind.value, mlPerRev: kind.value.mlPerRev * 0.99 } }
          : kind,
      ),
    },
  },
  'half-microstep': {
    defect: 'the agent believes that the board makes twice the steps',
    breaks: ['I17'],
    shows: [],
    composition: {
      down: editRequests((kind) =>
        kind.case === 'putUnitConfig'
          ? {
              case: 'putUnitConfig',
              value: { ...kind.value, pumps: kind.value.pumps.map((pump) => ({ ...pump, microstep: 128 })) },
            }
          : kind,
      ),
    },
  },
  'head-not-inverted': {
    defect: 'a head that is mounted the other way round is driven as if it were not',
    breaks: ['I17'],
    shows: [],
    composition: {
      down: editRequests((kind) =>
        kind.case === 'putUnitConfig'
          ? {
              case: 'putUnitConfig',
              value: { ...kind.value, pumps: kind.value.pumps.map((pump) => ({ ...pump, invert: false })) },
            }
          : kind,
      ),
    },
  },
  'always-forward': {
    defect: 'an order in reverse turns forward',
    breaks: ['I17'],
    shows: [],
    composition: {
      down: editRequests((kind) => {
        if (kind.case !== 'startDose' || kind.value.motion === undefined) return kind;
        return { case: 'startDose', value: { ...kind.value, motion: { ...kind.value.motion, direction: 1 } } };
      }),
    },
  },
  'no-mutex': {
    defect: 'pumps of a group are pumps of their own, in controller and agent',
    breaks: ['I6'],
    shows: [],
    composition: {
      down: editRequests((kind) =>
        kind.case === 'putUnitConfig'
          ? {
              case: 'putUnitConfig',
              value: { ...kind.value, pumps: kind.value.pumps.map((pump) => ({ ...pump, mutexGroup: '' })) },
            }
          : kind,
      ),
      store: (store) => ({
        ...store,
        all: (sql, ...params) => store.all(sql.replaceAll(MUTEX_BY_AGENT, `'pump:' || p.pump_id`), ...params),
        get: (sql, ...params) => store.get(sql.replaceAll(MUTEX_BY_AGENT, `'pump:' || p.pump_id`), ...params),
      }),
    },
  },
  'records-without-range': {
    defect: 'END tells the lower bound as if it were exact',
    breaks: ['I4', 'I5'],
    shows: ['box-power', 'board-power', 'unplugged'],
    composition: {
      up: editRecords((record) => ({ ...record, hiMl: record.loMl, revolutions: undefined }) as unknown as DoseRecord),
    },
  },
  'nothing-counts-as-nothing': {
    defect: 'a dose that was cut off counts as never given',
    breaks: ['I4', 'I5'],
    shows: ['agent-kill'],
    composition: {
      up: editRecords((record) =>
        record.cause === 1 ? record : ({ ...record, loMl: 0, hiMl: 0, revolutions: 0 } as DoseRecord),
      ),
    },
  },
  'planned-counts-as-given': {
    defect: 'the ledger is told the planned volume, whatever the encoder says',
    breaks: ['I4'],
    shows: ['stop', 'cancel'],
    composition: {
      up: editRecords((record) => ({ ...record, cause: 1, loMl: record.hiMl * 1.5, hiMl: record.hiMl * 1.5 })),
    },
  },
  'end-is-never-told': {
    defect: 'the agent does not tell of ends',
    breaks: ['L1'],
    shows: [],
    composition: { up: editAnswers({ events: (kind) => (kind.case === 'doseEnded' ? null : kind) }) },
  },
  'records-are-forgotten': {
    defect: 'asked after a dose, the agent never knows of one that is over',
    breaks: ['I3', 'I4', 'L1'],
    shows: ['controller-kill', 'link-loss'],
    composition: {
      up: editAnswers({
        events: (kind) => (kind.case === 'doseEnded' ? null : kind),
        replies: (kind) =>
          kind.case === 'query' && kind.value.kind.case === 'record'
            ? { case: 'query', value: { ...kind.value, kind: { case: 'unknown', value: {} as never } } }
            : kind,
      }),
    },
  },
} as const satisfies Record<string, Mutant>;
