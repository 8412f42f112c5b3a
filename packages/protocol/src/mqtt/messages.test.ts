// Proves that events are told over MQTT under the names of the field, and that nothing is told that is nobody's business there.
import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../api/index.ts';
import { errorMessage, eventMessage } from './messages.ts';

const event = (kind: string, data: LogEvent['data'] = {}, severity: LogEvent['severity'] = 'info'): LogEvent => ({
  ...{ seq: 7, at: '2026-03-01T08:00:00.000Z', kind, severity, data },
  ...{ pump_id: 'acid', dose_id: 'd-1', actor: 'admin' },
});

describe('an event over MQTT', () => {
  it.each([
    ['done', 'dosing_complete', 'dose_completed'],
    ['partial', 'dosing_partial', 'dose_partial'],
    ['uncertain', 'dosing_uncertain', 'dose_uncertain'],
    ['cancelled', 'dosing_cancelled', 'dose_cancelled'],
  ])('of a dose that ended %s is %s, in Home Assistant %s', (state, name, event_type) => {
    expect(eventMessage(event('dose_settled', { state, delivered_ml: 5, lo_ml: 4.9, hi_ml: 5.1 }))).toEqual({
      ...{ event: name, event_type, 'pump-id': 'acid', seq: 7, at: '2026-03-01T08:00:00.000Z', dose_id: 'd-1' },
      ...{ delivered_ml: 5, lo_ml: 4.9, hi_ml: 5.1 },
    });
  });

  it.each(['login', 'login_failed', 'user_created', 'token_created', 'notification_channel_changed', 'setup'])(
    'is none of %s',
    (kind) => {
      expect(eventMessage(event(kind, { address: '10.0.0.1', code: 'E401' }, 'warning'))).toBeNull();
      expect(errorMessage(event(kind, { address: '10.0.0.1', code: 'E401' }, 'warning'))).toBeNull();
    },
  );

  it('is an error, too, where it has a code', () => {
    expect(errorMessage(event('pump_fault', { code: 'E102', message: 'Motor stalled' }, 'alarm'))).toMatchObject({
      ...{ code: 'E102', msg: 'Motor stalled', 'pump-id': 'acid', seq: 7 },
    });
    expect(errorMessage(event('dose_missed', { code: 'E434', reason: 'too late' }, 'warning'))).toMatchObject({
      ...{ code: 'E434', msg: 'too late' },
    });
    expect(errorMessage(event('pump_stopped', {}, 'warning'))).toBeNull();
  });
});
