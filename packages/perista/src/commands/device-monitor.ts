import { spawn } from 'node:child_process';
import { EXIT } from '../process/exit-codes.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';

const ANSWERS_WITHIN_MS = 3_000;
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/** `perista device-monitor`: where the page is that shows what remote devices tell; opens it where there is a desktop. */
export async function deviceMonitor(args: readonly string[]): Promise<number> {
  const loaded = settingsOrTellMistakes(args);
  if (loaded === undefined) return EXIT.wrongSettings;
  const { httpHost, httpPort } = loaded.settings;
  if (httpPort === 0) {
    process.stdout.write('The kernel chooses the port: open /device-monitor at the address that the unit printed\n');
    return EXIT.ok;
  }
  const host = EVERYWHERE.has(httpHost) ? '127.0.0.1' : httpHost;
  const unit = `http://${host.includes(':') ? `[${host}]` : host}:${httpPort}`;
  const page = `${unit}/device-monitor`;
  process.stdout.write(`${page}\n`);
  if (!(await answers(unit))) {
    process.stderr.write(`perista: no unit answers at ${unit}; npm start runs one\n`);
    return EXIT.failed;
  }
  if (process.stdout.isTTY) openInBrowser(page);
  return EXIT.ok;
}

async function answers(unit: string): Promise<boolean> {
  try {
    const reply = await fetch(`${unit}/api/health`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    await reply.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

function openInBrowser(page: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const hasDesktop = process.platform === 'darwin' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDesktop) return;
  const child = spawn(opener, [page], { detached: true, stdio: 'ignore' });
  // Whoever has no such program has the address.
  child.on('error', () => {});
  child.unref();
}
