/** What an order is and how it must be answered. */
export interface Order {
  readonly topic: string;
  readonly body: string;
  /** Null for a stop: it has no id. */
  readonly id: string | null;
  readonly pump: string;
  readonly kind: 'dose' | 'stop' | 'refused';
}

const DOSE_ML = 0.05;

/** One in twenty doses; the rest are stops, one in ten of them for the pump that doses, and orders that a rule refuses. */
export function orderOf(run: string, index: number): Order {
  const id = `${run}-${index}`;
  const dose = (body: object, kind: 'dose' | 'refused'): Order => ({
    ...{ topic: 'doser/cmd/ph-down/dose', id, pump: 'ph-down', kind },
    body: JSON.stringify({ ...body, id }),
  });
  if (index % 20 === 0) return dose({ volume_ml: DOSE_ML }, 'dose');
  if (index % 2 === 0) return dose({ volume_ml: 50, duration: 2.5 }, 'refused');
  const pump = index % 20 === 11 ? 'ph-down' : 'nutrient-a';
  return { topic: `doser/cmd/${pump}/stop`, body: '{}', id: null, pump, kind: 'stop' };
}

/** Answers that fit. */
export const ANSWERS: Readonly<Record<Order['kind'], readonly string[]>> = {
  dose: ['accepted', 'queued'],
  refused: ['refused'],
  stop: ['stopped'],
};

const LONG = 'x'.repeat(4_000);
const HOSTILE: readonly ((index: number) => {
  readonly topic: string;
  readonly body: string;
  readonly retain?: true;
})[] = [
  () => ({ topic: 'doser/cmd/ph-down/dose', body: '{"volume_ml":' }),
  (index) => ({ topic: 'doser/cmd/ph-down/dose', body: `{"volume_ml":"5","id":"h${index}"}` }),
  () => ({ topic: 'doser/cmd/ph-down/dose', body: '{"volume_ml":-1}' }),
  () => ({ topic: 'doser/cmd/ph-down/dose', body: `{"volume_ml":1,"note":"${LONG}"}` }),
  () => ({ topic: 'doser/cmd/ph-down/dose', body: LONG + LONG }),
  () => ({ topic: 'doser/cmd/ph-down/dose', body: `${'['.repeat(2_000)}` }),
  (index) => ({ topic: `doser/cmd/no-pump-${index}/dose`, body: '{}' }),
  () => ({ topic: 'doser/cmd/__proto__/dose', body: '{"volume_ml":1,"__proto__":{}}' }),
  () => ({ topic: 'cmnd/doser/ph-down/dose', body: 'null' }),
  (index) => ({ topic: `doser/cmd/a/b/c/${index}`, body: '' }),
  () => ({ topic: 'devices/__proto__/progress', body: '{"a":1}' }),
  (index) => ({ topic: `devices/HOSTILE_${index % 50}/progress`, body: LONG }),
];

/** Messages that nobody should obey, of every kind in turn. */
export const hostileOf = (index: number) => HOSTILE[index % HOSTILE.length]?.(index) ?? { topic: 'nothing', body: '' };
