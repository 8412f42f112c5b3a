import type { Setting, SettingValue } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';

/** Names, help and values of settings in the reader's language; one that this page does not know yet has the server's own. */
export function useSettingWords() {
  const { t: s, i18n } = useTranslation('settings');
  const words = (key: string, otherwise: string) =>
    i18n.exists(key, { ns: 'settings' }) ? (s as (key: string) => string)(key) : otherwise;
  const flat = ({ key }: Pick<Setting, 'key'>) => key.replace('.', '_');
  return {
    label: (setting: Setting) => words(`field.${flat(setting)}`, setting.key),
    help: (setting: Setting) => words(`help.${flat(setting)}`, setting.help),
    section: (name: string) => words(`section.${name}`, name),
    sectionText: (name: string) => words(`about.${name}`, ''),
    value: ({ value, is_set }: SettingValue) => (is_set ? String(value ?? s('secretSet')) : s('notSet')),
    source: ({ source, is_set }: SettingValue) => s(`source.${is_set ? source : 'none'}`),
  };
}
