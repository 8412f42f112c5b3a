/** A person at a terminal. */
export interface Terminal {
  tell(words: string): void;
  /** @throws NobodyThere */
  ask(words: string): Promise<string>;
}

/** The terminal was closed before the question was answered. */
export class NobodyThere extends Error {
  override readonly name = 'NobodyThere';
}

/** The part of a schema that is needed here. */
interface Rule<Value> {
  safeParse(
    input: unknown,
  ): { success: true; data: Value } | { success: false; error: { issues: readonly { message: string }[] } };
}

export interface Question<Value> {
  readonly words: string;
  readonly rule: Rule<Value>;
  /** What Enter alone means. */
  readonly usual: Value;
  /** How that is written for people. */
  readonly shown?: string;
}

/** Asks until the answer keeps the rule. */
export async function askFor<Value>(terminal: Terminal, question: Question<Value>): Promise<Value> {
  const { words, rule, usual, shown = String(usual) } = question;
  for (;;) {
    const said = (await terminal.ask(`${words} [${shown}]: `)).trim();
    if (said === '') return usual;
    const parsed = rule.safeParse(typeof usual === 'number' ? numberOf(said) : said);
    if (parsed.success) return parsed.data;
    terminal.tell(`  That ${parsed.error.issues[0]?.message ?? 'is not possible'}.`);
  }
}

/** Decimal or, as board addresses are written, hexadecimal. */
function numberOf(said: string): number | string {
  return /^(\d+(\.\d+)?|0x[0-9a-f]+)$/i.test(said) ? Number(said) : said;
}
