/** Name of a system error such as `EACCES`, or its words. */
export function errnoOf(thrown: unknown): string {
  if (thrown instanceof Error) return 'code' in thrown ? String(thrown.code) : thrown.message;
  return String(thrown);
}
