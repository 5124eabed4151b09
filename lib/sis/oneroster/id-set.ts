/**
 * Which ids were read, and with what content, in 12 bytes each whatever their length: a million enrollments must not be a million
 * strings. Ids are told apart by 64 bits of a hash. If two ever fell together, one would count as repeated, so that the read would
 * seem incomplete: wrong towards caution, and about once in thirty million reads of a million records.
 */
export class IdSet {
  #slots = new Uint32Array(3 * 1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Forgets the ids and keeps their number; nothing may be added any more. */
  release(): void {
    this.#slots = new Uint32Array(0);
  }

  /** Takes note of a record; says whether its id is new, or was there with the same or with other content. */
  add(id: string, content: string): "new" | "same" | "other" {
    const [high, low] = hash64(id);
    const fingerprint = hash32(content);
    const at = this.#find(this.#slots, high, low);
    if (this.#slots[at] !== 0 || this.#slots[at + 1] !== 0) return this.#slots[at + 2] === fingerprint ? "same" : "other";
    this.#slots.set([high, low, fingerprint], at);
    this.#size++;
    if (this.#size * 3 > this.#slots.length * 0.6) this.#grow();
    return "new";
  }

  /** Where the id stands, or the free place where it belongs. */
  #find(slots: Uint32Array, high: number, low: number): number {
    const places = slots.length / 3;
    for (let place = high % places; ; place = (place + 1) % places) {
      const at = place * 3;
      const isFree = slots[at] === 0 && slots[at + 1] === 0;
      if (isFree || (slots[at] === high && slots[at + 1] === low)) return at;
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += 3) {
      const entry = this.#slots.subarray(at, at + 3);
      const [high = 0, low = 0] = entry;
      if (high !== 0 || low !== 0) larger.set(entry, this.#find(larger, high, low));
    }
    this.#slots = larger;
  }
}

/** Two 32-bit mixes of a text (cyrb53's), never both 0, which marks a free place. The first is even over all its bits. */
function hash64(text: string): readonly [number, number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return [a >>> 0, (b | 1) >>> 0];
}

/** FNV-1a over UTF-16 units: told apart is only what stands under the same id. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
