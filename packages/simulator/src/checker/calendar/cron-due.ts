const DAY_MS = 86_400_000;

/** Minutes of a day, and days, counted from 1970, of which something is due. */
export interface DueShown {
  readonly minutes: ReadonlySet<number>;
  isDay(wallDay: number): boolean;
}

/** From Sunday on. Thursday was the first day of 1970. */
export const weekDay = (wallDay: number): number => (wallDay + 4) % 7;

/** What five fields of numbers, lists, ranges and steps stand for; a reading of crontab(5) of its own. */
export function cronDue(expression: string): DueShown {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = expression.split(' ');
  const [minutes, hours] = [numbers(minute, 0, 59), numbers(hour, 0, 23)];
  const [days, months] = [numbers(dayOfMonth, 1, 31), numbers(month, 1, 12)];
  const weekDays = new Set([...numbers(dayOfWeek, 0, 7)].map((day) => day % 7));
  const isEither = !dayOfMonth.startsWith('*') && !dayOfWeek.startsWith('*');
  return {
    minutes: new Set([...hours].flatMap((each) => [...minutes].map((one) => 60 * each + one))),
    isDay(wallDay) {
      const date = new Date(wallDay * DAY_MS);
      if (!months.has(date.getUTCMonth() + 1)) return false;
      const [ofMonth, ofWeek] = [days.has(date.getUTCDate()), weekDays.has(weekDay(wallDay))];
      return isEither ? ofMonth || ofWeek : ofMonth && ofWeek;
    },
  };
}

function numbers(field: string, least: number, most: number): Set<number> {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const first = from === '*' ? least : Number(from);
    const last = to === undefined && (from === '*' || step !== undefined) ? most : Number(to ?? from);
    for (let number = first; number <= last; number += Number(step ?? 1)) found.add(number);
  }
  return found;
}
