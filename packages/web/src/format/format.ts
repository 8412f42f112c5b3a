import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAbout } from '../api/queries.ts';

const MOST_DECIMALS = 3;
/** As many as a field takes. */
const TYPED_DECIMALS = 9;

/** Numbers and instants as this reader writes them: language of the interface, zone of the site. */
export interface Format {
  readonly number: (value: number, decimals?: number) => string;
  readonly ml: (value: number) => string;
  /** What somebody is about to order, to the last digit: nothing is rounded before a yes. */
  readonly orderedMl: (value: number) => string;
  readonly rate: (mlPerMin: number) => string;
  /** 47 s, 2 min 5 s, 1 h 3 min. */
  readonly duration: (seconds: number) => string;
  /** Date and time with seconds. */
  readonly instant: (timestamp: string) => string;
  readonly time: (timestamp: string) => string;
  readonly day: (timestamp: string) => string;
  /** Such as Mon, 29 Mar, 08:00. */
  readonly dayAndTime: (timestamp: string) => string;
  /** A calendar day of the site, such as "2026-03-01". */
  readonly calendarDay: (day: string) => string;
  /** The same with its year. */
  readonly calendarDate: (day: string) => string;
  readonly zone: string;
}

/** Volumes to the hundredth below 10 ml, to the tenth below 100 ml: as many digits as a pump can mean. */
const decimalsOf = (ml: number) => (Math.abs(ml) < 9.995 ? 2 : Math.abs(ml) < 99.95 ? 1 : 0);

export function makeFormat(language: string, zone: string): Format {
  // Making one costs more than all that it writes.
  const numberFormats = new Map<number, Intl.NumberFormat>();
  const number = (value: number, decimals = MOST_DECIMALS) => {
    const known = numberFormats.get(decimals);
    const format = known ?? new Intl.NumberFormat(language, { maximumFractionDigits: decimals });
    if (known === undefined) numberFormats.set(decimals, format);
    return format.format(value);
  };
  const instantOf = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: 'h23', ...options });
    return (timestamp: string) => format.format(new Date(timestamp));
  };
  const calendarWithYear = new Intl.DateTimeFormat(language, { timeZone: 'UTC', dateStyle: 'medium' });
  const calendar = new Intl.DateTimeFormat(language, { timeZone: 'UTC', day: 'numeric', month: 'short' });
  return {
    number,
    ml: (value) => `${number(value, decimalsOf(value))} ml`,
    orderedMl: (value) => `${number(value, TYPED_DECIMALS)} ml`,
    rate: (mlPerMin) => `${number(mlPerMin, decimalsOf(mlPerMin))} ml/min`,
    duration: (seconds) => durationText(seconds, number),
    instant: instantOf({ dateStyle: 'medium', timeStyle: 'medium' }),
    time: instantOf({ hour: '2-digit', minute: '2-digit' }),
    day: instantOf({ weekday: 'short', day: 'numeric', month: 'short' }),
    dayAndTime: instantOf({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
    calendarDay: (day) => calendar.format(new Date(`${day}T12:00:00Z`)),
    calendarDate: (day) => calendarWithYear.format(new Date(`${day}T12:00:00Z`)),
    zone,
  };
}

function durationText(seconds: number, number: Format['number']): string {
  if (seconds < 59.95) return `${number(seconds, 1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const zone = useAbout().data?.timezone ?? 'UTC';
  return useMemo(() => makeFormat(i18n.language, zone), [i18n.language, zone]);
}
