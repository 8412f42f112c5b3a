// Proves that cron expressions of five fields are read as crontab(5) describes them, and that all else is refused by its rule.
import { describe, expect, it } from 'vitest';
import { civilDayOf } from '../calendar/civil-day.ts';
import { type Cron, cronRuleText, isCronDay, parseCron } from './cron.ts';

function cronOf(expression: string): Cron {
  const parsed = parseCron(expression);
  if (parsed.kind === 'wrong') throw new Error(cronRuleText(parsed.problem));
  return parsed.cron;
}

/** Days of February 2027, which begins on a Monday, on which an expression is due. */
const inFebruary = (expression: string): number[] =>
  Array.from({ length: 28 }, (_, index) => index + 1).filter((day) =>
    isCronDay(cronOf(expression), civilDayOf({ year: 2027, month: 2, day }) ?? 0),
  );

describe('the minutes of an expression', () => {
  it.each([
    ['0 8 * * *', [480]],
    ['*/30 2 * * *', [120, 150]],
    ['5/20 1 * * *', [65, 85, 105]],
    ['0 8-10 * * *', [480, 540, 600]],
    ['10,5 23,0 * * *', [5, 10, 1385, 1390]],
    ['0 6-23/8 * * *', [360, 840, 1320]],
    ['  0   8 * *  * ', [480]],
  ])('%s', (expression, minutes) => {
    expect(cronOf(expression).minutes).toEqual(minutes);
  });

  it('are all of a day where nothing is said', () => {
    expect(cronOf('* * * * *').minutes).toHaveLength(1440);
  });
});

describe('the days of an expression', () => {
  it.each([
    ['0 0 1,15 * *', [1, 15]],
    ['0 0 * * mon', [1, 8, 15, 22]],
    ['0 0 * * 7', [7, 14, 21, 28]],
    ['0 0 * * 0', [7, 14, 21, 28]],
    ['0 0 * * sat-sun', []],
    ['0 0 * * 5-7', [5, 6, 7, 12, 13, 14, 19, 20, 21, 26, 27, 28]],
    ['0 0 13 * 5', [5, 12, 13, 19, 26]],
    ['0 0 */2 * 1', [1, 15]],
    ['0 0 1 JAN *', []],
    ['0 0 28-31 2 *', [28]],
  ])('%s', (expression, days) => {
    if (days.length === 0 && expression.includes('-')) expect(() => cronOf(expression)).toThrow('from less to more');
    else expect(inFebruary(expression)).toEqual(days);
  });
});

describe('what is refused', () => {
  it.each([
    ['0 8 * *', 'must have five fields: minute, hour, day of month, month, day of week; is'],
    ['0 0 8 * * *', 'must have five fields: minute, hour, day of month, month, day of week; is'],
    ['@daily', 'must have five fields: minute, hour, day of month, month, day of week; is'],
    ['60 8 * * *', 'must have 0 to 59 as minute, not "60"'],
    ['0 24 * * *', 'must have 0 to 23 as hour, not "24"'],
    ['0 8 0 * *', 'must have 1 to 31 as day of month, not "0"'],
    ['0 8 * 13 *', 'must have 1 to 12 as month, not "13"'],
    ['0 8 * * 8', 'must have 0 to 7 as day of week, not "8"'],
    ['0 8 L * *', 'must have 1 to 31 as day of month, not "L"'],
    ['0 8 ? * *', 'must have 1 to 31 as day of month, not "?"'],
    ['*/0 8 * * *', 'must have 1 to 59 as step of the minute, not "0"'],
    ['1/2/3 8 * * *', 'must have one step at most in its minute, not "1/2/3"'],
    ['5-1 8 * * *', 'must have ranges from less to more in its minute, not "5-1"'],
    ['1-2-3 8 * * *', 'must have ranges from less to more in its minute, not "1-2-3"'],
    ['1, 8 * * *', 'must have 0 to 59 as minute, not ""'],
    ['-1 8 * * *', 'must have 0 to 59 as minute, not ""'],
    ['0x1 8 * * *', 'must have 0 to 59 as minute, not "0x1"'],
    ['0 0 30 2 *', 'must name a day that one of its months has, is'],
    ['0 0 31 4,6,9,11 *', 'must name a day that one of its months has, is'],
  ])('%s', (expression, rule) => {
    const parsed = parseCron(expression);
    const told = rule.endsWith(' is') ? `${rule} "${expression}"` : rule;
    expect(parsed.kind === 'wrong' && cronRuleText(parsed.problem)).toBe(told);
  });
});
