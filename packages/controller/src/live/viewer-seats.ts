const MAX_VIEWERS = 200;
const MAX_VIEWERS_PER_LOGIN = 20;

/** How many may watch at once, in all and with one log-in. */
export class ViewerSeats {
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  /** False if all are taken. */
  take(loginId: string): boolean {
    const own = this.#takenBy.get(loginId) ?? 0;
    if (this.#taken >= MAX_VIEWERS || own >= MAX_VIEWERS_PER_LOGIN) return false;
    this.#takenBy.set(loginId, own + 1);
    this.#taken++;
    return true;
  }

  giveBack(loginId: string): void {
    const own = this.#takenBy.get(loginId) ?? 0;
    if (own > 1) this.#takenBy.set(loginId, own - 1);
    else this.#takenBy.delete(loginId);
    this.#taken--;
  }
}
