import { parseArgs } from 'node:util';
import { PeristaError } from '@perista/core';
import { type FramStorage, headerMisfit, mb85rc256v, openFramFile, openLinuxI2cBus, readFram } from '@perista/drivers';
import { framReport, LAYOUTS, type Layout } from '../fram/fram-report.ts';
import { framText } from '../fram/fram-text.ts';
import { importImage, orTellFailure, readImportOrder } from '../fram/import-command.ts';
import { EXIT } from '../process/exit-codes.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  layout: { type: 'string', default: 'perista' },
  chip: { type: 'string' },
} as const;

const HELP = `perista fram show FILE shows what stands in an FRAM image. Nothing is changed.
perista fram import FILE puts the plans of an image into those of a unit that is stopped; somebody must confirm them.

  --json           for programs
  --layout esp32   an image of a unit with an ESP32: any magic, and checksums that may not fit [perista]
  --chip ADDRESS   FILE is an I2C bus (/dev/i2c-1), and the image is in the chip at ADDRESS (0x50 to 0x57)
  --yes            import from an ESP32 what has been looked at; all its channels come disabled
  --data-dir, --config and all other settings name the unit that is imported into
`;

interface Order {
  readonly path: string;
  readonly chip: number | null;
  readonly layout: Layout;
  readonly json: boolean;
}

/** `perista fram`: exit code 0 if every record is whole or blank, 1 if one is damaged or the image cannot be read. */
export async function fram(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === 'import') {
    const order = readImportOrder(rest);
    return typeof order === 'string' ? refuse(order) : orTellFailure(() => importImage(order));
  }
  const order = readOrder(args);
  return typeof order === 'string' ? refuse(order) : orTellFailure(() => show(order));
}

function refuse(why: string): number {
  process.stderr.write(`perista: ${why}\n\n${HELP}`);
  return EXIT.wrongSettings;
}

/** What is wanted, or what is wrong with it. */
function readOrder(args: readonly string[]): Order | string {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [verb, path, ...more] = positionals;
    const layout = LAYOUTS.find((name) => name === values.layout);
    if (verb !== 'show')
      return verb === undefined ? 'fram needs a verb: show or import' : `fram cannot "${verb}"; it can show and import`;
    if (path === undefined || more.length > 0) return `fram show takes one FILE, not ${positionals.length - 1}`;
    if (layout === undefined) return `--layout must be ${LAYOUTS.join(' or ')}, not "${values.layout}"`;
    const isAddress = values.chip === undefined || /^0x5[0-7]$/.test(values.chip);
    if (!isAddress) return `--chip must be from 0x50 to 0x57, not "${values.chip}"`;
    return { path, layout, json: values.json, chip: values.chip === undefined ? null : Number(values.chip) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function show({ path, chip, layout, json }: Order): Promise<number> {
  const found = await withStorage(path, chip, readFram);
  if (layout === 'perista') {
    const misfit = headerMisfit(found.header);
    if (misfit !== null) throw new PeristaError('E308', `${path}: ${misfit}; --layout esp32 shows it all the same`);
    if (found.header.kind === 'blank')
      throw new PeristaError('E308', `${path} is blank: no unit has kept anything in it`);
  }
  const report = framReport(found, layout);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : framText(report));
  const damaged = report.records.filter(({ state }) => state === 'damaged').map(({ name }) => name);
  if (damaged.length === 0) return EXIT.ok;
  process.stderr.write(`perista: damaged in both copies: ${damaged.join(', ')}\n`);
  return EXIT.failed;
}

async function withStorage<T>(
  path: string,
  chip: number | null,
  use: (storage: FramStorage) => Promise<T>,
): Promise<T> {
  if (chip === null) {
    const storage = await openFramFile(path, 'look');
    return use(storage).finally(() => storage.close());
  }
  const bus = openLinuxI2cBus(path);
  return use(mb85rc256v(bus, chip)).finally(() => bus.close());
}
