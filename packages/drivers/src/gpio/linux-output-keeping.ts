import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { OutputKeeping } from './arming.ts';

const PARAMETER = 'sys/module/*/parameters/persist_gpio_outputs';
const SYSTEMCTL_LIMIT_MS = 2_000;

/** As this machine is. `root` is where its file system begins; `showHooks` asks systemd for a unit's ExecStopPost. */
export function linuxOutputKeeping(root = '/', showHooks: (unit: string) => string = askSystemd): OutputKeeping {
  const keeping = globSync(join(root, PARAMETER)).find((file) => readFileSync(file, 'utf8').trim() === 'Y');
  if (keeping === undefined) return { keptBy: null, stopHooks: '' };
  const unit = ownUnit(join(root, 'proc/self/cgroup'));
  return { keptBy: basename(join(keeping, '../..')), stopHooks: unit === null ? '' : showHooks(unit) };
}

/** The service that this process belongs to, as its control group is named. */
function ownUnit(cgroupFile: string): string | null {
  const groups = existsSync(cgroupFile) ? readFileSync(cgroupFile, 'utf8') : '';
  return /\/([^/\n]+\.service)(?:\/|$)/m.exec(groups)?.[1] ?? null;
}

function askSystemd(unit: string): string {
  try {
    const args = ['show', '--property=ExecStopPost', '--value', unit];
    return execFileSync('systemctl', args, { encoding: 'utf8', timeout: SYSTEMCTL_LIMIT_MS });
  } catch {
    return '';
  }
}
