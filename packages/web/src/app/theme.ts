import { remember, remembered } from './remembered.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'theme';

export const chosenTheme = (): Theme => THEMES.find((theme) => theme === remembered(KEY)) ?? 'auto';

/** `auto` leaves it to the system: the tokens know both. */
export function applyTheme(theme: Theme = chosenTheme()): void {
  remember(KEY, theme);
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
