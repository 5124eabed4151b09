/**
 * Clever's ids in 12 bytes each: who is a member anywhere must be known to the end of a read, and a district's worth of strings is
 * too much for that. Ids of another shape than Clever's are kept as they are.
 */
export class ObjectIdSet {
  #slots = new Uint32Array(3 * 1024);
  #packed = 0;
  readonly #others = new Set<string>();

  get size(): number {
    return this.#packed + this.#others.size;
  }

  add(id: string): void {
    const words = pack(id);
    if (words === null) {
      this.#others.add(id);
      return;
    }
    const at = find(this.#slots, words);
    if (!isFree(this.#slots, at)) return;
    this.#slots.set(words, at);
    this.#packed++;
    if (this.#packed * 5 > this.#slots.length) this.#grow();
  }

  has(id: string): boolean {
    const words = pack(id);
    return words === null ? this.#others.has(id) : !isFree(this.#slots, find(this.#slots, words));
  }

  *values(): Generator<string> {
    for (let at = 0; at < this.#slots.length; at += 3) if (!isFree(this.#slots, at)) yield unpack(this.#slots, at);
    yield* this.#others;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += 3) {
      if (isFree(this.#slots, at)) continue;
      const words = this.#slots.subarray(at, at + 3);
      larger.set(words, find(larger, words));
    }
    this.#slots = larger;
  }
}

/** Null for what is no ObjectID, and for the one id of zeros, which marks a free place. */
function pack(id: string): Uint32Array | null {
  if (!/^[0-9a-f]{24}$/.test(id) || /^0+$/.test(id)) return null;
  return Uint32Array.of(Number.parseInt(id.slice(0, 8), 16), Number.parseInt(id.slice(8, 16), 16), Number.parseInt(id.slice(16), 16));
}

function unpack(slots: Uint32Array, at: number): string {
  return Array.from(slots.subarray(at, at + 3), (word) => word.toString(16).padStart(8, "0")).join("");
}

function isFree(slots: Uint32Array, at: number): boolean {
  return slots[at] === 0 && slots[at + 1] === 0 && slots[at + 2] === 0;
}

/** Where the id stands, or the free place where it belongs. */
function find(slots: Uint32Array, [a = 0, b = 0, c = 0]: Uint32Array): number {
  const places = slots.length / 3;
  // Times of creation are alike and counters ascend, so all three words are mixed well.
  let hash = Math.imul(a ^ Math.imul(b ^ Math.imul(c, 0x9e3779b1), 0x85ebca6b), 0xc2b2ae35);
  hash ^= hash >>> 15;
  for (let place = (hash >>> 0) % places; ; place = (place + 1) % places) {
    const at = place * 3;
    if (isFree(slots, at) || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)) return at;
  }
}
