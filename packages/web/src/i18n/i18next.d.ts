import type { en } from './en.ts';
import type { english } from './english.ts';
import type { Apart } from './i18n.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Omit<typeof en, Apart> } & Pick<typeof english, Apart>;
    returnNull: false;
  }
}
