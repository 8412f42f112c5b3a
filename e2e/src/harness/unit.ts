import { ApiClient } from './client.ts';
import { EmulatorWindow } from './emulator.ts';
import { PARTS, type PartName, pidOf, type RunOptions, runPerista, type TestProcess } from './processes.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** Password of admin in every unit that the harness starts. */
export const PASSWORD = 'correct-horse-battery';

/** A whole unit on emulated hardware: real processes, own data folder, ports of the kernel's choice. */
export interface TestUnit {
  readonly dataDir: string;
  readonly url: string;
  /** Logged in as admin, if there is a password. */
  readonly api: ApiClient;
  readonly emulator: EmulatorWindow;
  /** What the test started: `perista start`, or npm or the bootstrap in front of it. */
  readonly process: TestProcess;
  /** Process of a part now; it changes with each restart. */
  pid(part: PartName): number;
  /** Waits until `part` runs and is not the process `former` any more. */
  newPid(part: PartName, former: number): Promise<number>;
  /** SIGTERM; resolves to the exit code when all is gone. */
  stop(): Promise<number | null>;
}

/** Starts a unit and waits until it is healthy. What it started is gone when the tests of the file are over. */
export async function startUnit(
  options: RunOptions & { port?: number; firstPassword?: boolean } = {},
): Promise<TestUnit> {
  const { dataDir = tempFolder(), port = 0, env = {}, through = 'main', firstPassword = true } = options;
  const process = runPerista(['start'], {
    dataDir,
    through,
    env: {
      PERISTA_HTTP_PORT: String(port),
      ...(firstPassword && { PERISTA_ADMIN_PASSWORD: PASSWORD }),
      ...env,
    },
  });
  const url = await readyAddress(process);
  const api = new ApiClient(url);
  if (firstPassword) await api.login(PASSWORD);
  return {
    dataDir,
    url,
    api,
    process,
    emulator: new EmulatorWindow(dataDir),
    pid(part) {
      const pid = pidOf(dataDir, part);
      if (pid === undefined) throw new Error(`the unit has no ${part} now`);
      return pid;
    },
    newPid: (part, former) =>
      until(() => [pidOf(dataDir, part)].find((pid) => pid !== former), START_LIMIT_MS, `new ${part} after ${former}`),
    async stop() {
      process.kill('SIGTERM');
      const { code } = await process.ended;
      await until(() => PARTS.every((part) => pidOf(dataDir, part) === undefined), STOP_LIMIT_MS, 'no process is left');
      return code;
    },
  };
}

async function readyAddress(process: TestProcess): Promise<string> {
  let over = false;
  void process.ended.then(() => {
    over = true;
  });
  const address = await until(
    () => over || /ready at (http:\S+)/.exec(process.output())?.[1],
    START_LIMIT_MS,
    'the unit says that it is ready',
  ).catch((error) => {
    throw new Error(`${error.message}; it said:\n${process.output()}`);
  });
  if (address === true) throw new Error(`the unit did not start; it said:\n${process.output()}`);
  return address;
}
