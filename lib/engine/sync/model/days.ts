import type { When } from "#lib/roster/when.ts";
import type { Model, ModelRecord } from "./types.ts";

/** Test-only: when the classes of the model and their memberships are, on a day, which is YYYY-MM-DD as their dates are. */
export class ModelDay {
  readonly #model: Model;
  readonly #day: string;

  constructor(model: Model, day: string) {
    this.#model = model;
    this.#day = day;
  }

  ofClass({ values, kept }: ModelRecord): When {
    const ids = { ...values, ...kept }.terms as readonly string[];
    const terms = this.#model.records.filter(({ id, entity, status }) => entity === "term" && status === "active" && ids.includes(id));
    const begins = terms.map((term) => String(term.values.beginDate)).sort();
    const ends = terms.map((term) => String(term.values.endDate)).sort();
    return this.#whenOf(begins[0] ?? null, ends.at(-1) ?? null);
  }

  /** Dates of its own that contradict each other say nothing. */
  ofMembership({ values }: ModelRecord): When {
    const [begin, end] = [values.beginDate as string | null, values.endDate as string | null];
    return begin !== null && end !== null && end < begin ? "now" : this.#whenOf(begin, end);
  }

  #whenOf(begin: string | null, end: string | null): When {
    if (end !== null && end < this.#day) return "ended";
    return begin !== null && begin > this.#day ? "upcoming" : "now";
  }
}

/** Which classes begin and end between two days, and how many memberships of classes that go on; classes by their ids, sorted. */
export function turnsBetween(
  model: Model,
  from: string,
  to: string,
): { readonly classes: readonly string[]; readonly memberships: number[] } {
  const [was, is] = [new ModelDay(model, from), new ModelDay(model, to)];
  const turned = (before: When, after: When) => [
    ...(before === "upcoming" && after !== "upcoming" ? ["began"] : []),
    ...(before !== "ended" && after === "ended" ? ["ended"] : []),
  ];
  const active = (entity: ModelRecord["entity"]) => model.records.filter((one) => one.entity === entity && one.status === "active");
  const rooms = active("classroom");
  const people = new Set(active("account").map(({ id }) => id));
  const going = new Set(rooms.filter((room) => is.ofClass(room) === "now").map(({ id }) => id));
  const memberships = active("membership")
    .filter(({ values }) => going.has(String(values.classroom)) && people.has(String(values.account)))
    .flatMap((one) => turned(was.ofMembership(one), is.ofMembership(one)));
  return {
    classes: rooms.flatMap((room) => turned(was.ofClass(room), is.ofClass(room)).map((turn) => `${room.id} ${turn}`)).sort(),
    memberships: ["began", "ended"].map((turn) => memberships.filter((one) => one === turn).length),
  };
}
