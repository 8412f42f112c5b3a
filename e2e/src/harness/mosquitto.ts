import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { MosquittoClients } from './mosquitto-clients.ts';
import { runProgram, type TestProcess } from './processes.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

const MOSQUITTO = '/usr/sbin/mosquitto';
const STARTS_WITHIN_MS = 15_000;
export const BROKER_USER = 'doser';
export const BROKER_PASSWORD = 'a-password-of-the-broker';

/** A real Mosquitto that speaks TLS and asks for a password. */
export class Mosquitto extends MosquittoClients {
  readonly url: string;
  /** Certificate that whoever connects has to trust. */
  readonly certificate: string;
  readonly #config: string;
  readonly #port: number;
  #process: TestProcess | null = null;

  private constructor(port: number, folder: string) {
    super();
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

  /** What its clients have to say. */
  get access(): string[] {
    const user = ['-u', BROKER_USER, '-P', BROKER_PASSWORD];
    return ['-h', 'localhost', '-p', String(this.#port), ...user, '--cafile', this.certificate];
  }
}
