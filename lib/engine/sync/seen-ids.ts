import { freeNow } from "./free-now.ts";

/** Of more ids it is not remembered whether one came twice: 16 bytes for each at worst, half as much again while the table grows. */
const mostSeen = 1_250_000;

/**
 * Tells whether an id may have come twice, by 48 bits of each. It errs on one side alone: of two different ids with
 * equal bits it says that they may be the same, which of a million happens in one read of five hundred.
 */
export class SeenIds {
  #size = 0;
  #high = new Uint16Array(1 << 10);
  #low = new Uint32Array(1 << 10);
  #mayRepeat = false;

  /** Whether any id may have come twice; also when there are too many to tell. */
  get mayRepeat(): boolean {
    return this.#mayRepeat;
  }

  add(id: string): void {
    if (this.#mayRepeat) return;
    let high = 0x811c9dc5;
    let low = 0x01000193;
    for (let i = 0; i < id.length; i++) {
      const unit = id.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low ^ unit, 0x85ebca6b);
      low ^= low >>> 15;
    }
    // A low part of zero is a free slot.
    this.#put((high ^ (high >>> 16)) & 0xffff, low >>> 0 || 1);
    if (this.#size > mostSeen) this.#forget();
    else if (!this.#mayRepeat && this.#size * 4 > this.#high.length * 3) this.#grow();
  }

  #put(high: number, low: number): void {
    const mask = this.#high.length - 1;
    let slot = (high ^ Math.imul(low, 0x9e3779b1)) & mask;
    while (this.#low[slot] !== 0) {
      if (this.#low[slot] === low && this.#high[slot] === high) {
        this.#forget();
        return;
      }
      slot = (slot + 1) & mask;
    }
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#size++;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint16Array(high.length * 2);
    this.#low = new Uint32Array(low.length * 2);
    this.#size = 0;
    for (let slot = 0; slot < low.length; slot++) if (low[slot] !== 0) this.#put(high[slot] as number, low[slot] as number);
    freeNow(high, low);
  }

  #forget(): void {
    this.#mayRepeat = true;
    freeNow(this.#high, this.#low);
    this.#high = new Uint16Array(0);
    this.#low = new Uint32Array(0);
  }
}
