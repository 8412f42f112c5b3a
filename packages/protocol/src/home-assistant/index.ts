export {
  announcedPump,
  BIRTH_WORD,
  type Discovery,
  deviceTopic,
  pumpDiscovery,
  type Teller,
  unitDiscovery,
} from './discovery.ts';
