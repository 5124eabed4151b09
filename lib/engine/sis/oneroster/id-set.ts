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
    const high = hash32(id, 0xdeadbeef);
    // Never 0, which marks a free place.
    const low = hash32(id, 0x41c6ce57) | 1;
    const fingerprint = hash32(content, 0);
    const at = find(this.#slots, high, low >>> 0);
    if (this.#slots[at + 1] !== 0) return this.#slots[at + 2] === fingerprint ? "same" : "other";
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
    this.#slots[at + 2] = fingerprint;
    this.#size++;
    if (this.#size * 3 > this.#slots.length * 0.6) this.#grow();
    return "new";
  }

  #grow(): void {
    const slots = this.#slots;
    const larger = new Uint32Array(slots.length * 2);
    for (let from = 0; from < slots.length; from += 3) {
      const low = slots[from + 1] ?? 0;
      if (low === 0) continue;
      const high = slots[from] ?? 0;
      const at = find(larger, high, low);
      larger[at] = high;
      larger[at + 1] = low;
      larger[at + 2] = slots[from + 2] ?? 0;
    }
    this.#slots = larger;
  }
}

/** Where the id stands, or the free place where it belongs. */
function find(slots: Uint32Array, high: number, low: number): number {
  const places = slots.length / 3;
  for (let place = high % places; ; place = (place + 1) % places) {
    const at = place * 3;
    if (slots[at + 1] === 0 || (slots[at] === high && slots[at + 1] === low)) return at;
  }
}

/**
 * A mix of a text's UTF-16 units, even over all its bits (the final mix is MurmurHash3's). Four lanes, since one would spend its time
 * waiting for its own multiplications: this runs over every byte of a roster.
 */
export function hash32(text: string, seed: number): number {
  let a = seed ^ text.length;
  let b = seed ^ 0x9e3779b9;
  let c = seed ^ 0x85ebca6b;
  let d = seed ^ 0xc2b2ae35;
  const whole = text.length - (text.length % 4);
  for (let index = 0; index < whole; index += 4) {
    a = Math.imul(a ^ text.charCodeAt(index), 0x9e3779b1);
    b = Math.imul(b ^ text.charCodeAt(index + 1), 0x85ebca77);
    c = Math.imul(c ^ text.charCodeAt(index + 2), 0xc2b2ae3d);
    d = Math.imul(d ^ text.charCodeAt(index + 3), 0x27d4eb2f);
    // An odd factor moves bits upwards only; what is on top comes down again here.
    a ^= b >>> 15;
    b ^= c >>> 13;
    c ^= d >>> 16;
    d ^= a >>> 14;
  }
  for (let index = whole; index < text.length; index++) a = Math.imul(a ^ text.charCodeAt(index), 0x01000193) ^ (a >>> 17);
  let hash = a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca77) ^ Math.imul(d, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
