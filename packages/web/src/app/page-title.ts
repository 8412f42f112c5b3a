import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { SCREENS } from './screens.ts';

/** The tab and the history name the screen. */
export function usePageTitle(): void {
  const { t } = useTranslation();
  const [path] = useLocation();
  const screen = SCREENS.find((candidate) => candidate.path === path);
  const pumpId = /^\/pumps\/([^/]+)(\/calibration)?$/.exec(path)?.[1];
  const name = screen === undefined ? pumpId : t(`nav.${screen.name}`);
  useEffect(() => {
    document.title = name === undefined ? 'Perista' : `${name} · Perista`;
  }, [name]);
}
