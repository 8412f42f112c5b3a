import i18next, { type ResourceLanguage } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { remember, remembered } from '../app/remembered.ts';
import { en } from './en.ts';
import type { english } from './english.ts';

/** Languages of the interface, each by its own name. */
export const LANGUAGES = { en: 'English', pl: 'Polski' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'language';

/** Words of screens that few need stand apart: the compiler cannot check that many keys in one heap. */
const APART = [
  'about',
  'access',
  'calibrate',
  'dosingUnit',
  'fleet',
  'mqttUsers',
  'notifications',
  'plan',
  'schedules',
  'separation',
  'settings',
] as const satisfies readonly (keyof typeof english)[];
export type Apart = (typeof APART)[number];

/** Of these, what no screen says at the start comes in English with the screen that does. */
export function addEnglish<Name extends Exclude<Apart, keyof typeof en>>(name: Name, words: (typeof english)[Name]) {
  i18next.addResourceBundle('en', name, words);
}

const bundlesOf = (words: ResourceLanguage) => ({
  translation: words,
  ...Object.fromEntries(APART.flatMap((name) => (words[name] === undefined ? [] : [[name, words[name]]]))),
});

/** English is always there, as a last resort too; others come when they are wanted. */
const LOADERS: Readonly<Record<Language, () => Promise<ResourceLanguage>>> = {
  en: async () => en,
  pl: async () => (await import('./pl.ts')).pl,
};

const isLanguage = (name: string | null | undefined): name is Language => name != null && name in LANGUAGES;

function preferred(): Language {
  const chosen = remembered(KEY);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

export async function startTranslations(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: bundlesOf(en) },
    interpolation: { escapeValue: false },
  });
  await changeLanguage(preferred());
}

async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    const bundles = bundlesOf(await LOADERS[language]());
    for (const [name, words] of Object.entries(bundles)) i18next.addResourceBundle(language, name, words);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  remember(KEY, language);
  await changeLanguage(language);
}
