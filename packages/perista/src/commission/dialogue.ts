import type { Clock, Direction, Log } from '@perista/core';
import { type CommissionResult, commissionBoard, type OpenSerialPort, Servo42cLine } from '@perista/drivers';
import { LineSettings, PumpSettings } from '@perista/protocol/settings';
import { askFor, type Question, type Terminal } from './question.ts';

/** What a person said about the pump to be commissioned. */
export interface BoardPlace {
  readonly pumpId: string;
  readonly path: string;
  readonly baud: LineSettings['baud'];
  readonly address: number;
  readonly microstep: number;
  readonly stepsPerRev: 200 | 400;
  readonly maxRpm: number;
}

export interface CommissionPorts {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly log: Log;
  readonly openLine: (path: string, baud: number) => OpenSerialPort;
  /** Called with the way to stop the board at once, as soon as there is one. */
  readonly onLine: (stop: () => Promise<void>) => void;
}

const { shape: line } = LineSettings;
const { shape: pump } = PumpSettings;

/** What is asked, with the rule that the settings have for it and the answer that Enter gives. */
const QUESTIONS = {
  pumpId: { words: 'Id of the pump', rule: pump.id, usual: 'pump-1' },
  path: { words: 'Serial line (/dev/… or tcp://host:port)', rule: line.path, usual: '/dev/ttyAMA0' },
  baud: { words: 'Baud rate of the board', rule: line.baud, usual: 38_400 },
  address: { words: 'Address of the board, 0xE0 to 0xE9', rule: pump.address, usual: 0xe0, shown: '0xE0' },
  microstep: { words: 'Microstep to set, 1 to 256; finer is slower', rule: pump.microstep, usual: 64 },
  stepsPerRev: { words: 'Full steps per revolution, 200 (1.8°) or 400 (0.9°)', rule: pump.steps_per_rev, usual: 200 },
  maxRpm: { words: 'Fastest that the head may turn, rpm', rule: pump.max_rpm, usual: 300 },
} as const satisfies { [Key in keyof BoardPlace]: Question<BoardPlace[Key]> };

const DIRECTIONS: Readonly<Record<string, Direction | 'none'>> = { f: 'forward', b: 'reverse', n: 'none' };

/** Asks where the board is, sets it up step by step and tells each; undefined if the person does not want to. */
export async function commissionDialogue(
  ports: CommissionPorts,
): Promise<{ place: BoardPlace; result: CommissionResult } | undefined> {
  const { terminal, clock, log } = ports;
  terminal.tell('This takes a motor board into use: it finds out the firmware, sets the board up and tries it.');
  terminal.tell('Enter takes the answer in brackets.');
  const place: BoardPlace = {
    pumpId: await askFor(terminal, QUESTIONS.pumpId),
    path: await askFor(terminal, QUESTIONS.path),
    baud: await askFor(terminal, QUESTIONS.baud),
    address: await askFor(terminal, QUESTIONS.address),
    microstep: await askFor(terminal, QUESTIONS.microstep),
    stepsPerRev: await askFor(terminal, QUESTIONS.stepsPerRev),
    maxRpm: await askFor(terminal, QUESTIONS.maxRpm),
  };
  terminal.tell('The motor is going to turn, some turns in all: put the tube into a cup or the air. Ctrl-C stops it.');
  if ((await terminal.ask('Type yes to begin: ')).trim() !== 'yes') return undefined;

  const board = new Servo42cLine({ open: ports.openLine(place.path, place.baud), clock, log, baud: place.baud });
  ports.onLine(() => board.stop(place.address));
  try {
    const steps = commissionBoard({ line: board, clock, log, questions: { askDirection } }, place);
    for (let next = await steps.next(); ; next = await steps.next()) {
      if (next.done) return { place, result: next.value };
      const { step, what, result } = next.value;
      terminal.tell(`\n${step}: ${what}\n  ${result}`);
    }
  } finally {
    await board.close();
  }

  async function askDirection(): Promise<Direction | 'none'> {
    for (;;) {
      const said = await terminal.ask(
        '\nThe head has just turned. Was that forward, backward, or not at all? [f/b/n]: ',
      );
      const direction = DIRECTIONS[said.trim().toLowerCase().charAt(0)];
      if (direction) return direction;
      terminal.tell('Please answer f, b or n.');
    }
  }
}
