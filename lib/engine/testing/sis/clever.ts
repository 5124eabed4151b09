/** Test-only: a small Clever whose district can be changed at will, by an admin with strange habits. */
import type { IncomingMessage } from "node:http";
import { type JsonReply, serveJson } from "./rest.ts";

export type CleverRecord = { id: string } & Record<string, unknown>;
export type ListName = "schools" | "terms" | "courses" | "sections" | "users";

interface Event {
  readonly id: string;
  readonly type: string;
  readonly created: string;
  readonly data: { readonly object: CleverRecord };
}

export const smallDistrictId = "aaaaaaaaaaaaaaaaaaaaaaaa";
const token = "small-token";

/** The lists by id, what the district shares of them, and the events that came of it. */
export class SmallClever {
  readonly lists: Record<ListName, Map<string, CleverRecord>> = {
    schools: new Map(),
    terms: new Map(),
    courses: new Map(),
    sections: new Map(),
    users: new Map(),
  };
  readonly events: Event[] = [];
  /** Entries that a page of the lists holds at most. */
  pageSize = 3;
  keepsEvents = true;
  /** Of the district's sync. */
  state = "success";
  /** Sections that the list of a person's sections leaves out. */
  readonly hidden = new Set<string>();
  /** When Clever last synced the district. */
  lastSync: string | null = null;
  #minutes = 0;
  #url = "";
  #close: () => Promise<void> = async () => {};

  static async start(): Promise<SmallClever> {
    const clever = new SmallClever();
    const server = await serveJson((request, url) => clever.#answer(request, url));
    clever.#url = server.url;
    clever.#close = server.close;
    return clever;
  }

  get url(): string {
    return this.#url;
  }

  get accessToken(): string {
    return token;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Adds or changes a record, as an event says it. */
  put(list: ListName, record: CleverRecord): void {
    const type = this.lists[list].has(record.id) ? "updated" : "created";
    this.lists[list].set(record.id, record);
    this.#tell(`${list}.${type}`, record);
  }

  /** Takes a record away, or stops sharing it: Clever says the same of both. */
  remove(list: ListName, id: string): void {
    const record = this.lists[list].get(id);
    if (record === undefined) return;
    this.lists[list].delete(id);
    this.#tell(`${list}.deleted`, record);
  }

  /** Says again, of the records of the last events, how they are now. */
  repeat(count: number): void {
    for (const { type, data } of this.events.slice(Math.max(0, this.events.length - count))) {
      const list = type.split(".")[0] as ListName;
      const now = this.lists[list].get(data.object.id);
      if (now !== undefined) this.#tell(`${list}.updated`, now);
    }
  }

  #tell(type: string, object: CleverRecord): void {
    if (!this.keepsEvents) return;
    const id = `e${String(this.events.length + 1).padStart(6, "0")}`;
    this.events.push({
      id,
      type,
      created: new Date(Date.UTC(2026, 8, 1, 0, this.#minutes++)).toISOString(),
      data: { object: structuredClone(object) },
    });
  }

  #answer(request: IncomingMessage, url: URL): JsonReply {
    if (request.headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: "Unauthorized" } };
    const [, version, list = "", id, nested] = url.pathname.split("/");
    if (version !== "v3.0") return { status: 404, body: { message: "Not Found" } };
    if (list === "districts")
      return { body: { data: [{ data: { id: smallDistrictId, name: "Small", state: this.state, last_sync: this.lastSync } }], links: [] } };
    if (list === "events" && id === undefined) return this.#page(url, this.events);
    if (list === "events")
      return this.events.some((event) => event.id === id) ? { body: { data: {} } } : { status: 404, body: { message: "Not Found" } };
    if (!(list in this.lists)) return { status: 404, body: { message: "Not Found" } };
    if (id === undefined) return this.#page(url, byId(this.lists[list as ListName]));
    const one = nested === undefined ? this.lists[list as ListName].get(id) : undefined;
    if (one !== undefined) return { body: { data: one, links: [] } };
    if (list !== "users" || nested !== "sections" || !this.lists.users.has(id)) return { status: 404, body: { message: "Not Found" } };
    const own = byId(this.lists.sections).filter(
      (section) => !this.hidden.has(section.id) && [section.teacher, section.teachers, section.students].flat().includes(id),
    );
    return this.#page(url, own);
  }

  #page(url: URL, records: readonly { readonly id: string }[]): JsonReply {
    const limit = Math.min(Number(url.searchParams.get("limit") ?? 100), this.pageSize);
    const after = url.searchParams.get("starting_after");
    const before = url.searchParams.get("ending_before");
    const rest = before === "last" ? records.slice(-limit) : records.filter(({ id }) => after === null || id > after);
    const shown = rest.slice(0, limit);
    const last = shown.at(-1);
    const query = new URLSearchParams(url.searchParams);
    if (last !== undefined) query.set("starting_after", last.id);
    return {
      body: {
        data: shown.map((data) => ({ data })),
        links: [
          { rel: "self", uri: url.pathname },
          ...(rest.length > shown.length ? [{ rel: "next", uri: `${url.pathname}?${query}` }] : []),
        ],
        ...(url.searchParams.get("count") === "true" ? { count: records.length } : {}),
      },
    };
  }
}

function byId(list: ReadonlyMap<string, CleverRecord>): readonly CleverRecord[] {
  return [...list.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
