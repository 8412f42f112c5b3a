/** Readers of these know more zones by letters than others do: CET here, EST there. */
const LOCALES = ['en-GB', 'en-US', 'en-AU', 'en-IN', 'en-ZA'];
const IS_OFFSET = /^(GMT|UTC)[+-]/;

/** What a zone is called at an instant, such as CET or CEST; its offset where it has no letters. */
export function zoneNameAt(timestamp: string, zone: string): string {
  const names = LOCALES.map((locale) => nameIn(locale, timestamp, zone));
  return names.find((name) => !IS_OFFSET.test(name)) ?? names[0] ?? zone;
}

function nameIn(locale: string, timestamp: string, zone: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(
    new Date(timestamp),
  );
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}
