import type { District } from "#sandbox/district/district.ts";
import type { LiveDistrict } from "#sandbox/district/live.ts";
import { classRecord } from "#sandbox/district/records.ts";
import type { Faults } from "#sandbox/http/faults.ts";
import { parameter, type Query } from "#sandbox/http/query.ts";
import type { Reply } from "#sandbox/http/server.ts";
import type { Events } from "./events.ts";
import { districtId, type Kind, kinds, objectId, rowOf, tables } from "./ids.ts";
import { failed, type Paged, page } from "./lists.ts";
import { cleverObject, exists, type Json, roleOf, type View } from "./objects.ts";

/** The sync state of the district, as Clever tells it. */
export interface DistrictState {
  readonly state: "running" | "pending" | "error" | "paused" | "" | "success";
  readonly pauseStart?: string;
  readonly pauseEnd?: string;
}

export interface Asking {
  readonly live: LiveDistrict;
  readonly view: View;
  readonly events: Events;
  readonly state: DistrictState;
  /** Below `/v3.0`. */
  readonly segments: readonly string[];
  readonly path: string;
  readonly query: Query;
  readonly faults: Faults;
}

const roles = ["contact", "district_admin", "staff", "student", "teacher"];

/** Lists, single objects, what belongs to one object, and events. */
export function answer(asking: Asking): Reply {
  const { segments, faults } = asking;
  if (faults.has("error-200")) return { status: 200, body: { error: "The request could not be processed" } };
  // What a district does not share is as if it were not there.
  if (faults.has("not-shared")) return failed(404, "Not Found");
  const [kind = "", id, nested] = segments;
  if (kind === "districts") return districts(asking, id, segments.length);
  if (kind === "events") return events(asking, id, segments.length);
  if (!isKind(kind) || segments.length > 3) return failed(404, "Not Found");
  if (id === undefined) return collection(asking, kind, () => true);
  const row = rowOf(asking.view.district, kind, id);
  if (row === -1 || !exists(asking.view, kind, row)) return failed(404, "Not Found");
  if (nested === undefined) return single(asking, cleverObject(asking.view, kind, row));
  return below(asking, kind, row, nested);
}

const isKind = (text: string): text is Kind => kinds.some((kind) => kind === text);

function collection({ view, path, query, faults }: Asking, kind: Kind, isIn: (row: number) => boolean): Reply {
  const role = kind === "users" && !faults.has("filter-ignored") ? parameter(query, "role") : undefined;
  if (role !== undefined && !roles.includes(role)) return failed(400, "There is no such role");
  const { district } = view;
  const list: Paged = {
    size: district[tables[kind]].size,
    has: (row) => exists(view, kind, row) && isIn(row) && (role === undefined || roleOf(district, row) === role),
    id: (row) => objectId(district, kind, row),
    item: (row) => cleverObject(view, kind, row),
    find: (id) => rowOf(district, kind, id),
  };
  return page(list, path, query, faults);
}

function single({ path }: { readonly path: string }, data: Json): Reply {
  return { status: 200, body: { data, links: [{ rel: "self", uri: path }] } };
}

/** The sections of a school, the users of a section, the school of a user … */
function below(asking: Asking, kind: Kind, row: number, nested: string): Reply {
  const { district } = asking.view;
  if (nested === "district") return single(asking, districtObject(asking));
  const parent = cleverObject(asking.view, kind, row);
  const one = ({ course: ["courses", "course"], school: ["schools", "school"], term: ["terms", "term_id"] } as const)[nested as "course"];
  if (kind === "sections" && one) {
    const [of, field] = one;
    const found = rowOf(district, of, String(parent[field]));
    return found === -1 ? failed(404, "Not Found") : single(asking, cleverObject(asking.view, of, found));
  }
  const isIn = belongs(district, kind, row, nested);
  const of = ({ mystudents: "users", myteachers: "users", mycontacts: "users" } as const)[nested as "mystudents"] ?? nested;
  return isIn && isKind(of) ? collection(asking, of, isIn) : failed(404, "Not Found");
}

function belongs(district: District, kind: Kind, row: number, nested: string): ((candidate: number) => boolean) | null {
  const { classes, people, enrollments } = district;
  const record = (section: number) => classRecord(district, section);
  const isOfKind = (role: string) => (one: number) => roleOf(district, one) === role;
  if (kind === "schools") {
    if (nested === "sections") return (section) => classes.get("school", section) === row;
    if (nested === "users") return (one) => people.get("school", one) === row || people.get("school2", one) === row;
    const own = new Set(rowsOf(classes.size, (section) => classes.get("school", section) === row).map((section) => record(section)));
    if (nested === "courses") return (course) => [...own].some((one) => one.course === course);
    return nested === "terms" ? (term) => [...own].some((one) => one.session === term) : null;
  }
  if (kind === "sections" && nested === "users") {
    const members = new Set(district.membersOf(row).map((seat) => enrollments.get("person", seat)));
    return (one) => members.has(one);
  }
  if (kind === "users") {
    const own = new Set(district.enrollmentsOf(row).map((seat) => enrollments.get("class", seat)));
    if (nested === "sections") return (section) => own.has(section);
    if (nested === "schools") return (school) => people.get("school", row) === school || people.get("school2", row) === school;
    if (nested === "mycontacts") return (one) => isOfKind("contact")(one) && people.get("number", one) === row;
    const role = nested === "mystudents" ? "student" : nested === "myteachers" ? "teacher" : null;
    if (role === null) return null;
    const others = new Set([...own].flatMap((section) => district.membersOf(section)).map((seat) => enrollments.get("person", seat)));
    return (one) => others.has(one) && isOfKind(role)(one);
  }
  const field = kind === "courses" ? "course" : "session";
  if (nested === "sections") return (section) => record(section)[field] === row;
  if (nested !== "schools") return null;
  const schools = new Set(
    rowsOf(classes.size, (section) => record(section)[field] === row).map((section) => classes.get("school", section)),
  );
  return (school) => schools.has(school);
}

function rowsOf(size: number, isIn: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < size; row++) if (isIn(row)) rows.push(row);
  return rows;
}

function districts(asking: Asking, id: string | undefined, words: number): Reply {
  const own = districtObject(asking);
  if (id === undefined)
    return { status: 200, body: { data: [{ data: own, uri: `${asking.path}/${own.id}` }], links: [{ rel: "self", uri: asking.path }] } };
  return words === 2 && id === own.id ? single(asking, own) : failed(404, "Not Found");
}

export function districtObject({ live, view, state }: Pick<Asking, "live" | "view" | "state">): Json {
  return {
    id: districtId(view.district),
    name: live.today.shape.name,
    state: state.state,
    error: "",
    last_sync: live.momentOf(live.day).toISOString(),
    launch_date: "2026-08-17",
    pause_start: state.pauseStart ?? null,
    pause_end: state.pauseEnd ?? null,
    portal_url: "",
    sis_type: "CFSIS",
    login_methods: [],
    mdr_number: null,
    nces_id: null,
  };
}

function events(asking: Asking, id: string | undefined, words: number): Reply {
  const { query, faults, path } = asking;
  const isFiltered = !faults.has("filter-ignored");
  const school = isFiltered ? (parameter(query, "school") ?? null) : null;
  const recordTypes = isFiltered ? query.filter(([name]) => name === "record_type").map(([, value]) => value) : [];
  const list = asking.events.list({ recordTypes, school });
  if (id !== undefined) {
    const position = words === 2 ? list.find(id) : -1;
    return position === -1
      ? failed(404, "Not Found")
      : { status: 200, body: { data: list.item(position), links: [{ rel: "self", uri: path }] } };
  }
  const after = parameter(query, "starting_after");
  if (after !== undefined && asking.events.isTooOld(after)) return failed(400, "This event is no longer kept");
  return page(list, path, query, faults);
}
