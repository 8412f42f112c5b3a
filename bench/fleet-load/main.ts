import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchUnit } from '../bench-unit.ts';

// A fleet at 1 Hz, its viewers and infusions that are started meanwhile: how old a number is when it is seen, what is lost, and what memory it and
// a paused viewer cost. First with a tenth of the devices, as the baseline.
const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '500' },
    viewers: { type: 'string', default: '50' },
    minutes: { type: 'string', default: '3' },
  },
});
const PAUSE_MS = 30_000;
const SETTLE_MS = 15_000;
/** Until whoever was asked last has answered. */
const ANSWERED_AFTER_MS = 6_000;
const LOG_INS = 4;
const IDLE_DEVICES = 10;
/** One of them is started so often, ms, and is done before its turn comes again. */
const START_EVERY_MS = 1_500;
const SHORT_INFUSION = { flowRateMlMin: 10, plannedTimeMin: 0.1 };

interface Seen {
  readonly progress: number;
  readonly errors: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly connected: number;
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly newestAgeMs: number | null;
}

interface Crowd {
  readonly connected: number;
  readonly idle: number;
  readonly told: number;
  readonly alarms: number;
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const child = (name: string, ...args: string[]) => fork(join(import.meta.dirname, name), args);

async function ask<Answer>(part: ChildProcess): Promise<Answer> {
  part.send('count');
  const [answer] = (await once(part, 'message')) as [Answer];
  return answer;
}

const unit = await BenchUnit.start({ PERISTA_MQTT_PORT: '0' });
const { url: brokerUrl } = JSON.parse(readFileSync(join(unit.folder, 'broker.json'), 'utf8')) as { url: string };
const cookies = await Promise.all(Array.from({ length: LOG_INS }, () => unit.logIn()));

/** Lives with so many devices and viewers, and tells what was seen in `minutes`. */
async function live(name: string, devices: number, viewers: number, minutes: number): Promise<Seen> {
  const prefix = `${name.toUpperCase()}_`;
  const crowd = child('crowd.ts', brokerUrl, String(devices), prefix, String(IDLE_DEVICES), `IDLE_${prefix}`);
  const isWhole = ({ connected, idle }: Crowd) => connected === devices && idle === IDLE_DEVICES;
  while (!isWhole(await ask<Crowd>(crowd))) await pause(500);
  const watch = child(
    'viewers.ts',
    unit.url,
    cookies.join(','),
    String(viewers),
    String(devices),
    prefix,
    `IDLE_${prefix}`,
  );
  await pause(SETTLE_MS);
  watch.send('begin');
  const before = await ask<Crowd>(crowd);
  crowd.send('alarms');
  const starts = startAgainAndAgain(`IDLE_${prefix}`);
  const memory = [unit.memoryMb('controller')];
  for (let minute = 0; minute < minutes; minute++) {
    await pause(60_000);
    memory.push(unit.memoryMb('controller'));
  }
  crowd.send('quiet');
  const ordered = await starts.stop();
  await pause(ANSWERED_AFTER_MS);
  const [seen, after] = [await ask<Seen>(watch), await ask<Crowd>(crowd)];
  const alarms = after.alarms - before.alarms;
  const each = (viewers * 10) / devices;
  say(`${name}: ${after.connected} of ${devices} devices, ${seen.connected} of ${viewers} viewers of 10 devices each, ${minutes} min
  told ${after.told - before.told}, of them ${alarms} alarms; viewers saw ${seen.progress} of progress and ${seen.errors} alarms (${alarms * each} due)
  ${ordered} infusions ordered beside, ${seen.confirmed} seen confirmed
  from the device to the viewer p50 ${seen.latency.p50} ms, p99 ${seen.latency.p99} ms, max ${seen.latency.max} ms
  controller, MB, each minute: ${memory.map((mb) => mb.toFixed(0)).join(', ')}`);
  if (minutes > 1) {
    const heldMb = unit.memoryMb('controller');
    watch.send('pause');
    await pause(PAUSE_MS);
    const pausedMb = unit.memoryMb('controller');
    watch.send('resume');
    await pause(5_000);
    const { newestAgeMs, connected } = await ask<Seen>(watch);
    say(
      `  one viewer takes nothing for 30 s: ${(pausedMb - heldMb).toFixed(1)} MB more; then what it sees is ${newestAgeMs} ms old (${connected} connected)`,
    );
  }
  watch.send('end');
  crowd.send('end');
  await once(crowd, 'exit');
  return seen;
}

/** Starts a short infusion on one idle device after another; `stop` gives how many were accepted. */
function startAgainAndAgain(prefix: string): { stop(): Promise<number> } {
  let isOver = false;
  const work = async () => {
    let accepted = 0;
    for (let turn = 0; !isOver; turn++) {
      const id = `${prefix}${String((turn % IDLE_DEVICES) + 1).padStart(4, '0')}`;
      await unit.post(`/api/devices/${id}/infusions`, SHORT_INFUSION);
      accepted++;
      await pause(START_EVERY_MS);
    }
    return accepted;
  };
  const done = work();
  return {
    stop() {
      isOver = true;
      return done;
    },
  };
}

const base = await live('base', Math.ceil(Number(values.devices) / 10), Math.ceil(Number(values.viewers) / 10), 1);
const whole = await live('fleet', Number(values.devices), Number(values.viewers), Number(values.minutes));
say(
  `fleet to base: p50 ${(whole.latency.p50 / base.latency.p50).toFixed(2)}, p99 ${(whole.latency.p99 / base.latency.p99).toFixed(2)}`,
);
await unit.stop();
