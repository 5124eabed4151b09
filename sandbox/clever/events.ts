import type { District } from "#sandbox/district/district.ts";
import type { LiveDistrict } from "#sandbox/district/live.ts";
import { eventId, type Kind, kinds, parseEventId, tables } from "./ids.ts";
import type { Paged } from "./lists.ts";
import { cleverObject, exists, type Json, type View } from "./objects.ts";

export const eventsKeptDays = 30;

interface Entry {
  readonly kind: Kind;
  readonly row: number;
  readonly change: "created" | "updated" | "deleted";
}

export interface EventFilter {
  /** Prefixes of types; empty: all. */
  readonly recordTypes: readonly string[];
  readonly school: string | null;
}

/** What each school day changed, for the days that are kept; made from the district's past, not stored. */
export class Events {
  readonly #live: LiveDistrict;
  readonly #view: (district: District) => View;
  readonly #days = new Map<number, readonly Entry[]>();

  constructor(live: LiveDistrict, view: (district: District) => View) {
    this.#live = live;
    this.#view = view;
  }

  get firstDay(): number {
    return Math.max(1, this.#live.day - eventsKeptDays + 1);
  }

  /** Whether the id is of a day whose events are no longer kept. */
  isTooOld(id: string): boolean {
    const place = parseEventId(id);
    return place !== null && place.day < this.firstDay;
  }

  list(filter: EventFilter): Paged {
    const days: { day: number; from: number; entries: readonly Entry[] }[] = [];
    let size = 0;
    for (let day = this.firstDay; day <= this.#live.day; day++) {
      const entries = this.#entriesOf(day);
      days.push({ day, from: size, entries });
      size += entries.length;
    }
    const at = (position: number) => {
      const found = days.findLast((one) => one.from <= position);
      const entry = found?.entries[position - found.from];
      if (!found || !entry) throw new RangeError(`no event ${position}`);
      return { day: found.day, number: position - found.from, entry };
    };
    return {
      size,
      has: (position) => this.#fits(at(position), filter),
      id: (position) => {
        const { day, number } = at(position);
        return eventId(this.#live.momentOf(day), day, number);
      },
      item: (position) => {
        const { day, number, entry } = at(position);
        return this.#event(day, number, entry);
      },
      find: (id) => {
        const place = parseEventId(id);
        const found = days.find((one) => one.day === place?.day);
        if (!place || !found || place.number >= found.entries.length) return -1;
        return eventId(this.#live.momentOf(place.day), place.day, place.number) === id ? found.from + place.number : -1;
      },
    };
  }

  #fits({ day, entry }: { day: number; entry: Entry }, filter: EventFilter): boolean {
    if (filter.recordTypes.length > 0 && !filter.recordTypes.some((type) => `${entry.kind}.${entry.change}`.startsWith(type))) return false;
    if (filter.school === null) return true;
    return JSON.stringify(this.#object(day, entry)).includes(filter.school);
  }

  #event(day: number, number: number, entry: Entry): Json {
    const object = this.#object(day, entry);
    const event = {
      id: eventId(this.#live.momentOf(day), day, number),
      type: `${entry.kind}.${entry.change}`,
      created: this.#live.momentOf(day).toISOString(),
      data: { object },
    };
    return entry.change === "updated" ? { ...event, previous_attributes: this.#previous(day, entry, object) } : event;
  }

  /** The whole record after the change; of a deleted one, as it was last. */
  #object(day: number, { kind, row, change }: Entry): Json {
    return cleverObject(this.#view(this.#live.at(change === "deleted" ? day - 1 : day)), kind, row);
  }

  #previous(day: number, { kind, row }: Entry, object: Json): Json {
    const before = cleverObject(this.#view(this.#live.at(day - 1)), kind, row);
    return Object.fromEntries(Object.entries(before).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(object[key])));
  }

  #entriesOf(day: number): readonly Entry[] {
    const known = this.#days.get(day);
    if (known) return known;
    const [before, after] = [this.#view(this.#live.at(day - 1)), this.#view(this.#live.at(day))];
    const entries: Entry[] = [];
    for (const kind of kinds) {
      const table = after.district[tables[kind]];
      const changedOn =
        kind === "sections" ? (row: number) => after.district.classes.get("shown", row) : (row: number) => table.get("modified", row);
      for (let row = 0; row < table.size; row++) {
        if (changedOn(row) !== day) continue;
        const [was, is] = [row < before.district[tables[kind]].size && exists(before, kind, row), exists(after, kind, row)];
        if (was && is) entries.push({ kind, row, change: "updated" });
        else if (was !== is) entries.push({ kind, row, change: is ? "created" : "deleted" });
      }
    }
    this.#days.set(day, entries);
    for (const old of this.#days.keys()) if (old < this.firstDay) this.#days.delete(old);
    return entries;
  }
}
