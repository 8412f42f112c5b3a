import { english as en } from '@perista/web/words/en';
import { pl } from '@perista/web/words/pl';

/** The words of the interface in one language, and the locale of a browser that asks for it. */
export const LANGUAGES = {
  en: { words: en, locale: 'en-GB' },
  pl: { words: pl, locale: 'pl-PL' },
} as const;

export type Language = keyof typeof LANGUAGES;
export type Words = (typeof LANGUAGES)[Language]['words'];

interface Tree {
  readonly [key: string]: string | Tree;
}

const leavesOf = (tree: Tree): string[] =>
  Object.values(tree).flatMap((value) => (typeof value === 'string' ? [value] : leavesOf(value)));

/** Matches what a sentence becomes once its values stand in it. */
function patternOf(sentence: string): RegExp {
  const parts = sentence.split(/\{\{\w+\}\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's');
}

const polish = leavesOf(pl).map(patternOf);
const english = leavesOf(en)
  .filter((sentence) => !polish.some((pattern) => pattern.test(sentence)))
  .map(patternOf);
/** Words that no Polish sentence has. */
const ENGLISH_WORDS = /\b(the|was|were|is|are|not|its|this|with|stopped|of)\b/i;

/** Stands after what was refused. */
const CODE = / \(E\d{3}\)$/;

/** Texts of a Polish screen that are English. */
export const englishAmong = (texts: readonly string[]): string[] =>
  texts.filter((text) => {
    const sentence = text.replace(CODE, '');
    const matches = (pattern: RegExp) => pattern.test(sentence);
    return !polish.some(matches) && (english.some(matches) || ENGLISH_WORDS.test(sentence));
  });

/** Texts with a number and its unit, written with a decimal point. */
export const decimalPointsAmong = (texts: readonly string[]): string[] =>
  texts.filter((text) => /\d\.\d+\s*(ml|s|%|rpm|min|×)/.test(text));
