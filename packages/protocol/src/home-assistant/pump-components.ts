import { type Pump, PumpStateName } from '../api/index.ts';
import { homeAssistantEvents } from '../event-names.ts';
import { type Component, stopButton, type TopicsOf } from './component.ts';

/** Steps of a volume that is typed in, ml. */
const STEP_ML = 0.01;

/**
 * A press is one order, however often a broker delivers it: Home Assistant makes its id when the button is pressed. It
 * is not obeyed a minute later. What cannot render templates publishes the bare payload, an order without an id.
 */
const PRESS = {
  payload_press: '{}',
  command_template:
    '{"id":"ha-{{ now().timestamp() }}","expires_at":"{{ (utcnow() + timedelta(minutes=1)).strftime(\'%Y-%m-%dT%H:%M:%SZ\') }}"}',
};

const volume = { device_class: 'volume', unit_of_measurement: 'mL', mode: 'box', min: 0, step: STEP_ML } as const;

/** The entities of a pump, by the last part of their unique ids. */
export function pumpComponents({ id, limits }: Pump, topic: TopicsOf): Readonly<Record<string, Component>> {
  const status = { state_topic: topic('status') };
  return {
    dose_volume: {
      ...{ p: 'number', name: 'Dose volume', entity_category: 'config', icon: 'mdi:beaker-outline' },
      ...{ ...volume, max: limits.single_ml },
      ...{ command_topic: topic('volume'), state_topic: topic('volumeState') },
    },
    dose: { p: 'button', name: 'Dose', icon: 'mdi:water-plus', command_topic: topic('doseNow'), ...PRESS },
    stop: stopButton('Stop', topic('stop'), topic),
    schedule: {
      ...{ p: 'switch', name: 'Schedule', entity_category: 'config', icon: 'mdi:calendar-clock' },
      ...{ command_topic: topic('schedule'), state_topic: topic('scheduleState') },
    },
    daily_limit: {
      ...{ p: 'number', name: 'Daily limit', entity_category: 'config', icon: 'mdi:speedometer' },
      // A day that may hold more than the week does is shown as it is.
      ...{ ...volume, max: Math.max(limits.week_ml, limits.day_ml) },
      ...{ command_topic: topic('dailyLimit'), state_topic: topic('dailyLimitState') },
    },
    state: {
      ...{ p: 'sensor', name: 'State', ...status, value_template: '{{ value_json.state }}' },
      ...{ device_class: 'enum', options: PumpStateName.options, icon: 'mdi:pump' },
    },
    dosing: {
      ...{ p: 'binary_sensor', name: 'Dosing', ...status, device_class: 'running' },
      value_template: "{{ 'ON' if value_json.state == 'running' else 'OFF' }}",
    },
    problem: {
      ...{ p: 'binary_sensor', name: 'Problem', ...status, device_class: 'problem', entity_category: 'diagnostic' },
      value_template: "{{ 'ON' if value_json.fault or value_json.state in ['blocked', 'stopped'] else 'OFF' }}",
      json_attributes_topic: topic('status'),
      json_attributes_template: "{{ {'reasons': value_json.blocked_by, 'fault': value_json.fault} | tojson }}",
    },
    delivered_today: {
      ...{ p: 'sensor', name: 'Delivered today', ...status, value_template: '{{ value_json.dosed_today_ml }}' },
      ...{ device_class: 'volume', state_class: 'total_increasing', unit_of_measurement: 'mL' },
      suggested_display_precision: 2,
    },
    rate: {
      ...{ p: 'sensor', name: 'Rate', ...status, value_template: '{{ value_json.rate_ml_min / 60 }}' },
      ...{ device_class: 'volume_flow_rate', state_class: 'measurement', unit_of_measurement: 'mL/s' },
      suggested_display_precision: 3,
    },
    container_level: {
      ...{ p: 'sensor', name: 'Container level', ...status, value_template: '{{ value_json.level_ml }}' },
      ...{ device_class: 'volume_storage', state_class: 'measurement', unit_of_measurement: 'mL' },
      suggested_display_precision: 0,
    },
    days_left: {
      ...{ p: 'sensor', name: 'Days left', ...status, value_template: '{{ value_json.days_left }}' },
      ...{ device_class: 'duration', state_class: 'measurement', unit_of_measurement: 'd' },
      ...{ suggested_display_precision: 1, icon: 'mdi:calendar-end' },
    },
    next_dose: {
      ...{ p: 'sensor', name: 'Next dose', ...status, value_template: '{{ value_json.next_dose_at }}' },
      device_class: 'timestamp',
    },
    last_dose: {
      ...{ p: 'sensor', name: 'Last dose', ...status, device_class: 'timestamp' },
      value_template: '{{ value_json.last_dose.ended_at if value_json.last_dose else None }}',
      json_attributes_topic: topic('status'),
      json_attributes_template: '{{ (value_json.last_dose or {}) | tojson }}',
    },
    events: {
      ...{ p: 'event', name: 'Events', state_topic: topic('events'), event_types: homeAssistantEvents('pump') },
      // All pumps share the topic. What renders to nothing is no event.
      value_template: `{{ value if value_json['pump-id'] == '${id}' else '' }}`,
    },
  };
}
