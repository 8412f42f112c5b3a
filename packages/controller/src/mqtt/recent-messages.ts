import type { MqttMessage } from '@perista/protocol/api';

const MOST_EACH_WAY = 20;
const LONGEST_TEXT = 200;

type Noted = Omit<MqttMessage, 'at'> & { readonly atMs: number };

/** The latest messages each way, for people who look for what is wrong. Of a topic only the last one, else one that is told often hides all others. */
export class RecentMessages {
  #noted: readonly Noted[] = [];

  note(direction: 'in' | 'out', topic: string, text: string, atMs: number): void {
    const others = this.#noted.filter((each) => each.direction !== direction || each.topic !== topic);
    const same = others.filter((each) => each.direction === direction).slice(0, MOST_EACH_WAY - 1);
    const other = others.filter((each) => each.direction !== direction);
    const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
    this.#noted = [{ direction, topic, text: cut, atMs }, ...same, ...other];
  }

  /** Newest first. */
  list(): readonly Noted[] {
    return this.#noted.toSorted((a, b) => b.atMs - a.atMs);
  }
}
