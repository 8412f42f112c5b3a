import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { runProgram, type TestProcess } from './processes.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';
const STARTS_WITHIN_MS = 15_000;
export const BROKER_USER = 'doser';
export const BROKER_PASSWORD = 'a-password-of-the-broker';

/** What a client of a topic was told. */
export interface Heard {
  readonly topic: string;
  readonly qos: number;
  readonly retained: boolean;
  readonly text: string;
}

/** A real Mosquitto that speaks TLS and asks for a password; and its own clients. */
export class Mosquitto {
  readonly url: string;
  /** Certificate that whoever connects has to trust. */
  readonly certificate: string;
  readonly #config: string;
  readonly #port: number;
  #process: TestProcess | null = null;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.url = `mqtts://localhost:${port}`;
    this.certificate = join(folder, 'certificate.pem');
    this.#config = join(folder, 'mosquitto.conf');
    const key = join(folder, 'key.pem');
    const passwords = join(folder, 'passwords');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', key, '-out', this.certificate];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
      stdio: 'ignore',
    });
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, BROKER_USER, BROKER_PASSWORD], { stdio: 'ignore' });
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${passwords}`,
      `certfile ${this.certificate}`,
      `keyfile ${key}`,
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ];
    writeFileSync(this.#config, `${lines.join('\n')}\n`);
  }

  static async start(): Promise<Mosquitto> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const broker = new Mosquitto(port, tempFolder());
    await broker.start();
    return broker;
  }

  /** Begins with nothing retained, as it keeps nothing on a disk. */
  async start(): Promise<void> {
    const run = runProgram(MOSQUITTO, ['-c', this.#config]);
    this.#process = run;
    await until(() => / running/.test(run.output()), STARTS_WITHIN_MS, 'mosquitto runs').catch((error) => {
      throw new Error(`${error.message}; it said:\n${run.output()}`);
    });
  }

  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#process?.ended;
  }

  /** Publishes as somebody at a terminal does; at QoS 1 unless told otherwise. */
  publish(topic: string, message: unknown, ...options: string[]): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    execFileSync('mosquitto_pub', [...this.#login(), '-q', '1', '-t', topic, '-m', text, ...options]);
  }

  /** Asks and waits for the answer, by MQTT 5. */
  ask(topic: string, message: unknown): string {
    const answer = ['-V', 'mqttv5', '-q', '1', '-e', `answers/${topic}`, '-W', '10'];
    return execFileSync('mosquitto_rr', [...this.#login(), ...answer, '-t', topic, '-m', JSON.stringify(message)], {
      encoding: 'utf8',
    });
  }

  /** Hears everything from now on, and what is retained. */
  async listen(): Promise<() => Heard[]> {
    // Into a pipe it says that it has subscribed only with its first message, if it is not told to write each line.
    const hear = ['-oL', 'mosquitto_sub', ...this.#login(), '-q', '2', '-t', '#', '-d', '-F', 'heard %t %q %r %p'];
    const run = runProgram('stdbuf', hear);
    await until(() => run.output().includes('Subscribed'), STARTS_WITHIN_MS, 'mosquitto_sub has subscribed');
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

  #login(): string[] {
    const user = ['-u', BROKER_USER, '-P', BROKER_PASSWORD];
    return ['-h', 'localhost', '-p', String(this.#port), ...user, '--cafile', this.certificate];
  }
}
