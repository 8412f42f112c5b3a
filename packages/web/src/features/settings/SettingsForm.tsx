import type { Setting } from '@perista/protocol/api';
import { Check, CircleCheck } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/client.ts';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { MqttPanel } from './MqttPanel.tsx';
import { MqttTables } from './MqttTables.tsx';
import { SettingField } from './SettingField.tsx';
import styles from './Settings.module.css';
import { useSaveSettings } from './setting-queries.ts';
import { useSettingWords } from './setting-words.ts';
import { changed, patchOf, problemsOf, type SettingsDraft } from './settings-draft.ts';
import { useLeaveGuard } from './use-leave-guard.ts';

/** All settings by section, saved together: all that was changed, or nothing. */
export function SettingsForm({ settings }: { settings: readonly Setting[] }) {
  const { t: s } = useTranslation('settings');
  const words = useSettingWords();
  const canChange = useMay('admin');
  const [draft, setDraft] = useState<SettingsDraft>({});
  const save = useSaveSettings(() => setDraft({}));
  const changes = changed(settings, draft);
  const problems = problemsOf(settings, draft);
  const isDirty = changes.length > 0 || Object.keys(problems).length > 0;
  const guard = useLeaveGuard(isDirty);
  const canSave = changes.length > 0 && Object.keys(problems).length === 0;

  const refused = save.error instanceof ApiProblem ? (save.error.problem.errors ?? []) : [];
  const errorOf = ({ key }: Setting) => {
    const problem = problems[key];
    return problem === undefined ? refused.find(({ path }) => path === key)?.message : s(`wrong.${problem}`);
  };
  const edit = (key: string, typed: string | null | undefined) => {
    save.reset();
    const { [key]: _former, ...others } = draft;
    setDraft(typed === undefined ? others : { ...others, [key]: typed });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (canSave && !save.isPending) save.mutate(patchOf(settings, draft));
  };
  const undo = () => {
    save.reset();
    setDraft({});
  };
  const sections = Map.groupBy(settings, ({ key }) => key.split('.')[0] ?? '');
  const isMqttDirty = changes.some(({ key }) => key.startsWith('mqtt.') || key === 'site.doser_id');

  return (
    <form className={styles.page} onSubmit={submit} noValidate>
      {[...sections].map(([section, items]) => (
        <Card key={section} title={words.section(section)}>
          <p className={styles.soft}>{words.sectionText(section)}</p>
          {section === 'mqtt' && <MqttPanel isDirty={isMqttDirty} canTest={canChange} />}
          <div className={styles.fields}>
            {items.map((setting) => (
              <SettingField
                key={setting.key}
                setting={setting}
                typed={draft[setting.key]}
                error={errorOf(setting)}
                canChange={canChange}
                onChange={(typed) => edit(setting.key, typed)}
              />
            ))}
          </div>
          {section === 'mqtt' && <MqttTables />}
        </Card>
      ))}
      <MutationProblem of={[save]} />
      {save.isSuccess && !isDirty && (
        <Banner tone="good" icon={CircleCheck}>
          {s('saved')}
        </Banner>
      )}
      {isDirty && (
        <div className={styles.bar}>
          <p role="status">{s('unsaved', { count: Math.max(1, changes.length) })}</p>
          <Button onClick={undo}>{s('undo')}</Button>
          <Button type="submit" look="primary" icon={Check} busy={save.isPending} disabled={!canSave}>
            {s('save')}
          </Button>
        </div>
      )}
      {guard.isAsked && (
        <Dialog title={s('leave.title')} onClose={guard.stay}>
          <p>{s('leave.text')}</p>
          <DialogActions>
            <Button autoFocus onClick={guard.stay}>
              {s('leave.stay')}
            </Button>
            <Button look="danger" onClick={guard.leave}>
              {s('leave.go')}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </form>
  );
}
