import { useSyncExternalStore } from 'react';

const TOKENS = ['ink', 'ink-soft', 'line', 'accent', 'liquid', 'liquid-deep', 'danger', 'warn', 'card'] as const;

/** Colours of the theme as a canvas needs them. */
export type Paint = Readonly<Record<(typeof TOKENS)[number], string>>;

const DARK = matchMedia('(prefers-color-scheme: dark)');

let current: Paint | null = null;

function read(): Paint {
  const probe = document.createElement('span');
  document.body.append(probe);
  const colourOf = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const paint = Object.fromEntries(TOKENS.map((token) => [token, colourOf(token)])) as Paint;
  probe.remove();
  return paint;
}

function watch(changed: () => void): () => void {
  const renew = () => {
    current = null;
    changed();
  };
  const theme = new MutationObserver(renew);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  DARK.addEventListener('change', renew);
  return () => {
    theme.disconnect();
    DARK.removeEventListener('change', renew);
  };
}

function snapshot(): Paint {
  current ??= read();
  return current;
}

/** The colours now; a new object when the theme changes. */
export const usePaint = (): Paint => useSyncExternalStore(watch, snapshot);
