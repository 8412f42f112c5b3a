import { execFileSync, spawnSync } from 'node:child_process';
import { runProgram, type TestProcess } from './processes.ts';
import { until } from './until.ts';

const STARTS_WITHIN_MS = 15_000;

/** What a client of a topic was told. */
export interface Heard {
  readonly topic: string;
  readonly qos: number;
  readonly retained: boolean;
  readonly text: string;
}

/** A broker, as somebody at a terminal uses it with Mosquitto's own clients. */
export abstract class MosquittoClients {
  /** Where it is and who asks, as their options. */
  abstract get access(): readonly string[];

  /** At QoS 1 unless told otherwise. @throws where the broker refuses the client */
  publish(topic: string, message: unknown, ...options: string[]): void {
    execFileSync('mosquitto_pub', this.#publication(topic, message, options), { stdio: 'pipe' });
  }

  /** What `mosquitto_pub` complains about; nothing where all is well. */
  complaint(topic: string, message: unknown, ...options: string[]): string {
    return spawnSync('mosquitto_pub', this.#publication(topic, message, options), { encoding: 'utf8' }).stderr;
  }

  /** Asks and waits for the answer, by MQTT 5. */
  ask(topic: string, message: unknown): string {
    const answer = ['-V', 'mqttv5', '-q', '1', '-e', `answers/${topic}`, '-W', '10'];
    return execFileSync('mosquitto_rr', [...this.access, ...answer, '-t', topic, '-m', JSON.stringify(message)], {
      encoding: 'utf8',
    });
  }

  /** Hears everything from now on, and what is retained. */
  async listen(): Promise<() => Heard[]> {
    return this.#heardBy(await this.listener());
  }

  /** The client that hears it. It comes again when it is sent away. */
  async listener(): Promise<TestProcess> {
    // Into a pipe it says that it has subscribed only with its first message, if it is not told to write each line.
    const hear = ['-oL', 'mosquitto_sub', ...this.access, '-q', '2', '-t', '#', '-d', '-F', 'heard %t %q %r %p'];
    const run = runProgram('stdbuf', hear);
    await until(() => run.output().includes('Subscribed'), STARTS_WITHIN_MS, 'mosquitto_sub has subscribed');
    return run;
  }

  #heardBy(run: TestProcess): () => Heard[] {
    return () =>
      [...run.output().matchAll(/^heard (\S+) ([012]) ([01]) (.*)$/gm)].map(
        ([, topic = '', qos, retained, text = '']) => ({
          topic,
          qos: Number(qos),
          retained: retained === '1',
          text,
        }),
      );
  }

  #publication(topic: string, message: unknown, options: readonly string[]): string[] {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    return [...this.access, '-q', '1', '-t', topic, '-m', text, ...options];
  }
}
