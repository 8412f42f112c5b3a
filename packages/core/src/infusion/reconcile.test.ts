// Proves the matrix of what server and device believe when they see each other again, row by row.
import { expect, it } from 'vitest';
import { type DeviceView, type Reconciliation, reconcile, type ServerView } from './reconcile.ts';

const IDLE: DeviceView = { activeInfusionId: null, isPaused: false, result: null, hasRebooted: false };
const server = (state: ServerView['state']): ServerView => ({ infusionId: 'X', state });

const ROWS: readonly [string, ServerView | null, DeviceView, readonly Reconciliation[]][] = [
  [
    'running X / running X',
    server('running'),
    { ...IDLE, activeInfusionId: 'X' },
    [{ kind: 'continue', infusionId: 'X', isPaused: false }],
  ],
  [
    'running X / paused X',
    server('running'),
    { ...IDLE, activeInfusionId: 'X', isPaused: true },
    [{ kind: 'continue', infusionId: 'X', isPaused: true }],
  ],
  [
    'running X / idle with its result',
    server('running'),
    { ...IDLE, result: { infusionId: 'X', end: 'stopped' } },
    [{ kind: 'close', infusionId: 'X', end: 'stopped' }],
  ],
  [
    'running X / idle after a reboot',
    server('running'),
    { ...IDLE, hasRebooted: true },
    [{ kind: 'interrupted', infusionId: 'X' }],
  ],
  [
    'paused X / idle, result of another',
    server('paused'),
    { ...IDLE, result: { infusionId: 'W', end: 'completed' } },
    [{ kind: 'interrupted', infusionId: 'X' }],
  ],
  [
    'unanswered X / running X',
    server('unanswered'),
    { ...IDLE, activeInfusionId: 'X' },
    [{ kind: 'late', infusionId: 'X', isPaused: false }],
  ],
  ['unanswered X / idle', server('unanswered'), IDLE, [{ kind: 'wait', infusionId: 'X' }]],
  [
    'unanswered X / idle after a reboot',
    server('unanswered'),
    { ...IDLE, hasRebooted: true },
    [{ kind: 'interrupted', infusionId: 'X' }],
  ],
  [
    'unanswered X / idle with its result',
    server('unanswered'),
    { ...IDLE, result: { infusionId: 'X', end: 'completed' } },
    [{ kind: 'close', infusionId: 'X', end: 'completed' }],
  ],
  ['idle / running Y', null, { ...IDLE, activeInfusionId: 'Y' }, [{ kind: 'adopt', infusionId: 'Y', isPaused: false }]],
  [
    'completed X / running Y',
    server('completed'),
    { ...IDLE, activeInfusionId: 'Y' },
    [{ kind: 'adopt', infusionId: 'Y', isPaused: false }],
  ],
  [
    'running X / running Y',
    server('running'),
    { ...IDLE, activeInfusionId: 'Y' },
    [
      { kind: 'interrupted', infusionId: 'X' },
      { kind: 'adopt', infusionId: 'Y', isPaused: false },
    ],
  ],
  ['stopped X / running X', server('stopped'), { ...IDLE, activeInfusionId: 'X' }, [{ kind: 'stop', infusionId: 'X' }]],
  [
    'cancelled X / running X',
    server('cancelled'),
    { ...IDLE, activeInfusionId: 'X' },
    [{ kind: 'stop', infusionId: 'X' }],
  ],
  ['completed X / idle', server('completed'), IDLE, [{ kind: 'in-step' }]],
  ['nothing / idle', null, IDLE, [{ kind: 'in-step' }]],
];

it.each(ROWS)('%s', (_name, view, device, outcome) => {
  expect(reconcile(view, device)).toEqual(outcome);
});
