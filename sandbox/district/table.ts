/** How many bits a column's numbers have. */
type Width = 8 | 16 | 32;
type Numbers = Uint8Array | Uint16Array | Uint32Array;

/** "No row": what a reference holds that points nowhere. */
export const none = 0xffff_ffff;

/** Rows of numbers, a typed array per column: a hundred thousand people are a few megabytes. Rows are only ever added. */
export class Table<Name extends string> {
  readonly #widths: Readonly<Record<Name, Width>>;
  readonly #names: readonly Name[];
  readonly #columns: Record<Name, Numbers>;
  #size = 0;

  constructor(widths: Readonly<Record<Name, Width>>, capacity = 64) {
    this.#widths = widths;
    this.#names = Object.keys(widths) as Name[];
    this.#columns = {} as Record<Name, Numbers>;
    for (const name of this.#names) this.#columns[name] = numbers(widths[name], capacity);
  }

  get size(): number {
    return this.#size;
  }

  get(name: Name, row: number): number {
    return this.#columns[name][row] ?? 0;
  }

  set(name: Name, row: number, value: number): void {
    this.#columns[name][row] = value;
  }

  /** @returns the number of the new row */
  add(values: Readonly<Record<Name, number>>): number {
    const row = this.#size++;
    for (const name of this.#names) {
      if (row >= this.#columns[name].length) this.#columns[name] = copied(this.#widths[name], this.#columns[name], row * 2 + 64);
      this.#columns[name][row] = values[name];
    }
    return row;
  }

  /** All of a row's numbers, in the order of the columns. */
  row(row: number): readonly number[] {
    return this.#names.map((name) => this.get(name, row));
  }

  clone(): Table<Name> {
    const clone = new Table<Name>(this.#widths, 0);
    for (const name of this.#names) clone.#columns[name] = copied(this.#widths[name], this.#columns[name], this.#size + 64);
    clone.#size = this.#size;
    return clone;
  }
}

function numbers(width: Width, length: number): Numbers {
  if (width === 8) return new Uint8Array(length);
  return width === 16 ? new Uint16Array(length) : new Uint32Array(length);
}

function copied(width: Width, from: Numbers, length: number): Numbers {
  const to = numbers(width, length);
  to.set(from.subarray(0, Math.min(from.length, length)));
  return to;
}
