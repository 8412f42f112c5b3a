import { homeAssistantEvents } from '../event-names.ts';
import { type Component, stopButton, type TopicsOf } from './component.ts';

/** The entities of the unit as a whole, by the last part of their unique ids. */
export function unitComponents(topic: TopicsOf): Readonly<Record<string, Component>> {
  const unit = { state_topic: topic('unit') };
  return {
    stop_all: stopButton('Emergency stop', topic('stopAll'), topic),
    stopped: {
      ...{ p: 'binary_sensor', name: 'Emergency stop latched', ...unit, icon: 'mdi:alert-octagon' },
      value_template: "{{ 'ON' if value_json.emergency_stop else 'OFF' }}",
    },
    agent: {
      ...{ p: 'binary_sensor', name: 'Agent', ...unit, device_class: 'connectivity', entity_category: 'diagnostic' },
      value_template: "{{ 'ON' if value_json.agent == 'connected' else 'OFF' }}",
    },
    problem: {
      ...{ p: 'binary_sensor', name: 'Problem', ...unit, device_class: 'problem', entity_category: 'diagnostic' },
      value_template: "{{ 'OFF' if value_json.health == 'ok' else 'ON' }}",
      json_attributes_topic: topic('unit'),
      json_attributes_template: "{{ {'reasons': value_json.reasons} | tojson }}",
    },
    events: {
      ...{ p: 'event', name: 'Events', state_topic: topic('events'), event_types: homeAssistantEvents('unit') },
      value_template: "{{ value if value_json['pump-id'] is none else '' }}",
    },
  };
}
