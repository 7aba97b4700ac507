// The own items of a channel: what they shall hold, and which writes are under way or in doubt. link.md, section 6.

const doubtMilliseconds = 60_000;
const unneededMilliseconds = 2_000;
const retryMilliseconds = 100;

class Slot {
  text; // What the item shall hold; null where it shall not be there; undefined where nobody cares.
  packet; // The number of the unacknowledged packet in it.
  isNeeded = false;
  #written; // What was last written, whatever came of it.
  #landed; // What was last known to be there.
  #doubtUntil = -Infinity;
  #retryAt = -Infinity;
  #unneededSince;

  constructor(number, now) {
    this.number = number;
    this.#unneededSince = now;
  }

  /** Whether a new packet may go into it (rules a and b). */
  isFree(now) {
    return this.packet === undefined && this.#written === undefined && this.#doubtUntil <= now;
  }

  get isDirty() {
    return this.text !== undefined && this.#written === undefined && this.text !== this.#landed;
  }

  get isThere() {
    return typeof this.#landed === 'string';
  }

  get hasLanded() {
    return this.text === this.#landed;
  }

  put(text) {
    this.text = text;
    this.isNeeded = true;
  }

  release(now) {
    this.packet = undefined;
    this.isNeeded = false;
    this.#unneededSince = now;
  }

  isLeftOver(now) {
    return !this.isNeeded && this.isThere && this.isFree(now) && now - this.#unneededSince >= unneededMilliseconds;
  }

  begin(now) {
    if (now < this.#retryAt) return undefined;
    this.#written = this.text;
    return { number: this.number, text: this.text };
  }

  ended(outcome, now) {
    if (outcome === 'landed') this.#landed = this.#written;
    else this.#retryAt = now + retryMilliseconds;
    if (outcome === 'unknown') this.#doubtUntil = now + doubtMilliseconds;
    if (outcome !== 'landed') this.#landed = undefined;
    this.#written = undefined;
  }

  /** What the own table says; a write that is under way may or may not be seen. */
  seen(text) {
    if (this.#written === undefined) this.#landed = text ?? null;
  }
}

export class Slots {
  #slots = new Map();
  #now = 0;

  constructor(existing, now) {
    this.#now = now;
    this.seen(existing);
    for (const slot of this.#slots.values()) slot.text = undefined;
  }

  get(number) {
    if (!this.#slots.has(number)) this.#slots.set(number, new Slot(number, this.#now));
    return this.#slots.get(number);
  }

  get control() {
    return this.get(0);
  }

  /** The lowest of the window that a packet may go into, or undefined. */
  free(window, now) {
    for (let number = 0; number < window; number++) if (this.get(number).isFree(now)) return this.get(number);
    return undefined;
  }

  get occupied() {
    return [...this.#slots.values()].filter((slot) => slot.packet !== undefined).length;
  }

  /** Whether all that was put has landed. */
  get areSettled() {
    return [...this.#slots.values()].every((slot) => slot.text === undefined || slot.hasLanded);
  }

  /** Packets up to this one are acknowledged. */
  acknowledge(ack, now) {
    for (const slot of this.#slots.values()) if (slot.packet <= ack) slot.release(now);
  }

  /** A link has ended: nothing of it is written any more. */
  clear(now) {
    for (const slot of this.#slots.values()) {
      slot.release(now);
      slot.text = undefined;
    }
  }

  /** What is to be written now; beside it, a guest deletes what nobody needs. */
  begin(now, { deletes }) {
    this.#now = now;
    const slots = [...this.#slots.values()];
    const writes = slots.filter((slot) => slot.isDirty).map((slot) => slot.begin(now)).filter(Boolean);
    if (writes.length === 0 || !deletes) return writes;
    for (const slot of slots) {
      if (slot.number === 0 || !slot.isLeftOver(now)) continue;
      slot.text = null;
      writes.push(slot.begin(now));
    }
    return writes.filter(Boolean);
  }

  ended(results, now) {
    for (const { number, outcome } of results) this.get(number).ended(outcome, now);
  }

  /** An audit: what the own table holds, by the items' numbers. */
  seen(table) {
    for (const number of table.keys()) this.get(number);
    for (const slot of this.#slots.values()) slot.seen(table.get(slot.number));
  }
}
