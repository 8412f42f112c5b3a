/** Filters and topics of MQTT (section 4.7): `+` is one level, `#` all that follow, and neither is `$…` at the beginning. */

/** Whether a filter takes a topic. */
export const matches = (filter: string, topic: string): boolean => overlaps(filter, topic);

/** Whether there is a topic that both filters take. A topic is a filter that takes itself alone. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [one.split('/'), other.split('/')];
  if (isHidden(a[0], b[0]) || isHidden(b[0], a[0])) return false;
  for (let level = 0; ; level++) {
    const [here, there] = [a[level], b[level]];
    if (here === '#' || there === '#') return true;
    if (here === undefined || there === undefined) {
      // `a/#` takes `a`, too.
      return here === there;
    }
    if (here !== there && here !== '+' && there !== '+') return false;
  }
}

const isHidden = (wild: string | undefined, name: string | undefined): boolean =>
  (wild === '#' || wild === '+') && name?.startsWith('$') === true;
