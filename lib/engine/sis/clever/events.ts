/** Clever's events: where they stand, and what they come to between two moments. */
import { HttpFailure } from "#lib/engine/sis/http.ts";
import { ask, type CleverApi, pages } from "./client.ts";
import { eventPageSize, type Kind, kinds, maxEvents, version } from "./quirks.ts";
import { type CleverEvent, readEvent, type WireObject } from "./wire.ts";

/** Off: Clever lets Aivo read no events here. Otherwise the newest, null while there is none. */
export type NewestEvent = { readonly isOn: false } | { readonly isOn: true; readonly id: string | null };

/**
 * The newest event, to be taken before a full read: what happens during the read is then told again by the next changes. The short way
 * to it is not documented any more, so it is only believed where nothing comes after it. @throws as `ask`, RunCancelled
 */
export async function newestEvent(api: CleverApi): Promise<NewestEvent> {
  let newest = await shortcut(api);
  try {
    for await (const page of pages(api, { uri: eventsUri(newest), what: "events" })) {
      newest = page.objects.map(readEvent).findLast((event) => event !== null)?.id ?? newest;
    }
  } catch (error) {
    if (isOff(error)) return { isOn: false };
    throw error;
  }
  return { isOn: true, id: newest };
}

async function shortcut(api: CleverApi): Promise<string | null> {
  try {
    for await (const page of pages(api, { uri: `${version}/events?ending_before=last&limit=1`, what: "events" })) {
      return page.objects.map(readEvent).at(-1)?.id ?? null;
    }
  } catch (error) {
    if (!isOff(error)) throw error;
  }
  return null;
}

/** Secure Sync's events are opt-in: refused, unknown, not implemented or not understood, there are none for Aivo; the lists are still there. */
function isOff(error: unknown): boolean {
  if (!(error instanceof HttpFailure) || error.status === null) return false;
  return error.status === 501 || error.code === "permission" || error.code === "response-invalid" || error.code === "read-incomplete";
}

/** What became of a record: the last event about it counts. */
export interface Change {
  readonly kind: Kind;
  readonly id: string;
  /** Null: gone. */
  readonly object: WireObject | null;
  /** It came or went in between. */
  readonly cameOrWent: boolean;
  /** The page of the last event. */
  readonly page: number;
}

/** Told after each page what came so far. */
export type OnEvents = (bytes: number, events: number) => void;

export type Changes =
  | {
      readonly changes: readonly Change[];
      readonly newest: string | null;
      readonly events: number;
      readonly pages: number;
      readonly bytes: number;
    }
  | { readonly doubt: string };

/**
 * All that happened after an event, to the newest; `after` null: since there were no events at all. Whatever does not fit comes back as a
 * doubt, in words that complete "Everything was read, because …". @throws as `ask`, RunCancelled
 */
export async function changesAfter(api: CleverApi, after: string | null, onPage: OnEvents): Promise<Changes> {
  try {
    if (after !== null && !(await isKept(api, after)))
      return { doubt: "Clever does not keep the event any more at which the last read left off" };
    return await collect(api, after, onPage);
  } catch (error) {
    if (isOff(error)) return { doubt: "Clever did not go on from the event at which the last read left off" };
    throw error;
  }
}

async function isKept(api: CleverApi, id: string): Promise<boolean> {
  const answer = await ask(api, { uri: `${version}/events/${encodeURIComponent(id)}`, what: "events", expect: [400, 404] });
  return answer.status === 200;
}

async function collect(api: CleverApi, after: string | null, onPage: OnEvents): Promise<Changes> {
  const changes = new Map<string, Change>();
  const seen = new Set<string>();
  let newest = after;
  let lastMs = 0;
  let read = 0;
  let bytes = 0;
  for await (const page of pages(api, { uri: eventsUri(after), what: "events" })) {
    read = page.number;
    bytes += page.answer.bytes;
    for (const object of page.objects) {
      const event = readEvent(object);
      if (event === null) return { doubt: "Clever sent an event that cannot be read" };
      if (seen.has(event.id) || event.id === after) continue;
      if (event.createdMs !== null && event.createdMs < lastMs) return { doubt: "Clever's events did not come in their order" };
      lastMs = event.createdMs ?? lastMs;
      seen.add(event.id);
      newest = event.id;
      take(changes, event, page.number);
    }
    onPage(bytes, seen.size);
    if (seen.size > maxEvents) return { doubt: `there were more than ${maxEvents.toLocaleString("en-US")} changes since the last read` };
  }
  if (after === null && seen.size === 0) return { doubt: "Clever has no events yet that changes could be read from" };
  return { changes: [...changes.values()], newest, events: seen.size, pages: read, bytes };
}

function take(changes: Map<string, Change>, { type, objectId, object }: CleverEvent, page: number): void {
  const [kind, what] = type.split(".");
  const known = kinds.find((name) => name === kind);
  // Districts, resources, and kinds to come: nothing of a roster.
  if (known === undefined || (what !== "created" && what !== "updated" && what !== "deleted")) return;
  const key = `${known} ${objectId}`;
  const before = changes.get(key);
  // Taken out first, so that the order is that of the last events.
  changes.delete(key);
  changes.set(key, {
    kind: known,
    id: objectId,
    object: what === "deleted" ? null : object,
    cameOrWent: what !== "updated" || before?.cameOrWent === true,
    page,
  });
}

function eventsUri(after: string | null): string {
  return `${version}/events?limit=${eventPageSize}${after === null ? "" : `&starting_after=${encodeURIComponent(after)}`}`;
}
