import type { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Omit<typeof en, 'notifications'>; notifications: (typeof en)['notifications'] };
    returnNull: false;
  }
}
