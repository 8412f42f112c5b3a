export { type BrokerAccess, mqttJsBroker } from './mqtt-js-broker.ts';
export {
  type Arrival,
  isConnection,
  type MqttBroker,
  type MqttConnection,
  type MqttDial,
  type MqttFailure,
  type Publication,
} from './mqtt-port.ts';
export { SOUND_BROKER, VirtualBroker } from './virtual-broker.ts';
