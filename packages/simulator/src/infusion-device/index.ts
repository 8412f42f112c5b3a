export { AutomaticDevice } from './automatic-device.ts';
export { ALARM_KINDS, type AlarmCode, isAlarmCode } from './device-alarms.ts';
export { type CrowdOptions, crowdId, type DeviceCrowd, startDeviceCrowd } from './device-crowd.ts';
export { type DeviceMemory, volatileMemory } from './device-memory.ts';
export type { DeviceInput, Press } from './device-state.ts';
export { fileDeviceMemory } from './file-device-memory.ts';
export { HABIT_NAMES, HABITS, type HabitName, type Habits, parseHabits } from './habits.ts';
export { type DeviceHappening, type DeviceOptions, type DevicePorts, InfusionDevice } from './infusion-device.ts';
