import type { Pump } from '@perista/protocol/api';
import type { TopicName } from '@perista/protocol/mqtt';
import type { ScheduleSwitch } from './schedule-switch.ts';
import type { SettingStore } from './setting-store.ts';

export interface SettingBoardPorts {
  readonly settings: Pick<SettingStore, 'volumeMl'>;
  readonly scheduleSwitch: Pick<ScheduleSwitch, 'isOn'>;
}

type SettingTopic = Extract<TopicName, 'volumeState' | 'scheduleState' | 'dailyLimitState'>;
export type SettingNews = readonly [name: SettingTopic, body: string];

const SETTING_TOPICS: readonly SettingTopic[] = ['volumeState', 'scheduleState', 'dailyLimitState'];
/** What number entities of Home Assistant take for a value that is not known. */
const UNKNOWN = 'None';

/** The settings of each pump as they were told last. */
export class SettingBoard {
  readonly #ports: SettingBoardPorts;
  readonly #told = new Map<string, string>();
  /** Schedules are not read for each word about a pump: they are many, and know when they come next. */
  readonly #isScheduleOn = new Map<string, boolean>();

  constructor(ports: SettingBoardPorts) {
    this.#ports = ports;
  }

  /** Nobody was told anything. */
  reset(): void {
    this.#told.clear();
    this.#isScheduleOn.clear();
  }

  /** The schedules of the pump may have been switched. */
  forgetSchedules(pumpId: string): void {
    this.#isScheduleOn.delete(pumpId);
  }

  /** What is to be published of a pump. @throws PeristaError E301, E404 */
  news(pump: Pump): SettingNews[] {
    const { settings } = this.#ports;
    const volumeMl = settings.volumeMl(pump.id);
    // A limit may have been lowered since: what it would refuse is no volume to press a button for.
    const isDosable = volumeMl !== null && volumeMl <= pump.limits.single_ml && volumeMl >= pump.min_dose_ml;
    const now: SettingNews[] = [
      ['volumeState', isDosable ? String(volumeMl) : UNKNOWN],
      ['scheduleState', this.#scheduleOn(pump) ? 'ON' : 'OFF'],
      ['dailyLimitState', String(pump.limits.day_ml)],
    ];
    const news = now.filter(([name, body]) => this.#told.get(keyOf(name, pump.id)) !== body);
    for (const [name, body] of news) this.#told.set(keyOf(name, pump.id), body);
    return news;
  }

  /** Takes back what stands of a pump that is gone. */
  gone(pumpId: string): SettingNews[] {
    for (const name of SETTING_TOPICS) this.#told.delete(keyOf(name, pumpId));
    this.#isScheduleOn.delete(pumpId);
    return SETTING_TOPICS.map((name) => [name, ''] as const);
  }

  #scheduleOn(pump: Pump): boolean {
    const isOn = this.#isScheduleOn.get(pump.id) ?? this.#ports.scheduleSwitch.isOn(pump);
    this.#isScheduleOn.set(pump.id, isOn);
    return isOn;
  }
}

const keyOf = (name: SettingTopic, pumpId: string): string => `${name} ${pumpId}`;
