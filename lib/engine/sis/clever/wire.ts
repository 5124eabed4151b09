/** What Clever sends around its records, in zod. Of the records themselves to-raw.ts takes what a roster needs, and nothing else. */
import { z } from "zod";
import { invalidAnswer, type JsonAnswer, type ListReading } from "#lib/engine/sis/http.ts";
import { isUsableId } from "#lib/roster/id.ts";
import { isStorable } from "#lib/roster/text.ts";

const Link = z.object({ rel: z.string(), uri: z.string() });
const Links = z.array(Link).nullish();

const ListAnswer = z.object({ data: z.array(z.unknown()), links: Links, count: z.number().int().nonnegative().nullish().catch(null) });

/** Fields as they came. */
export type WireObject = Readonly<Record<string, unknown>>;

export interface ListPage<T = WireObject> {
  readonly objects: readonly T[];
  /** As Clever wrote it; null on the last page. */
  readonly next: string | null;
  /** Of the whole list, where Clever says. */
  readonly count: number | null;
}

/** Where the entries of a list stand, and what stays of the record in each; of an entry without one, nothing does. */
export function listReadingOf<T>(most: number, keep: (record: WireObject) => T): ListReading {
  return { names: ["data"], most, keep: (entry) => (isObject(entry) && isObject(entry.data) ? { kept: keep(entry.data) } : null) };
}

/**
 * Takes only what was read with `listReadingOf`.
 * @throws HttpFailure `response-invalid`: an answer without the list is never an empty list
 */
export function readListPage<T = WireObject>(answer: JsonAnswer): ListPage<T> {
  const parsed = ListAnswer.safeParse(answer.json);
  if (!parsed.success) throw invalidAnswer(answer.place, answer.status, 'without the list "data"', wrongAnswer);
  const { data, links, count } = parsed.data;
  const objects = (data as readonly ({ readonly kept: T } | null)[]).map((entry) => {
    if (entry === null) throw invalidAnswer(answer.place, answer.status, 'with an entry that has no record under "data"', wrongAnswer);
    return entry.kept;
  });
  return { objects, next: links?.find(({ rel }) => rel === "next")?.uri ?? null, count: count ?? null };
}

/** The object that was asked for by its id. @throws HttpFailure `response-invalid` for any other answer */
export function readObject({ json, place, status }: JsonAnswer, id: string): WireObject {
  const data = isObject(json) ? json.data : undefined;
  if (!isObject(data)) throw invalidAnswer(place, status, 'without a record under "data"', wrongAnswer);
  if (data.id !== id) throw invalidAnswer(place, status, "with another record than the one asked for", wrongAnswer);
  return data;
}

function isObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const District = z.object({
  id: z.string(),
  name: z.string().nullish(),
  state: z.string().nullish(),
  last_sync: z.string().max(100).refine(isStorable).nullish().catch(null),
  pause_start: z.string().nullish(),
  pause_end: z.string().nullish(),
});
export type District = z.infer<typeof District>;

/** @throws HttpFailure `response-invalid` */
export function readDistricts(answer: JsonAnswer): readonly District[] {
  return readListPage(answer).objects.map((object) => {
    const read = District.safeParse(object);
    if (!read.success) throw invalidAnswer(answer.place, answer.status, "with a district that has no id", wrongAnswer);
    return read.data;
  });
}

const Token = z.object({
  created: z.string().nullish(),
  owner: z.object({ type: z.string(), id: z.string() }),
  access_token: z.string().min(1),
});
export type Token = z.infer<typeof Token>;
const TokenAnswer = z.object({ data: z.array(z.unknown()), links: Links });

/** The tokens of districts; entries of another shape are passed over. @throws HttpFailure `response-invalid` */
export function readTokens(answer: JsonAnswer): { readonly tokens: readonly Token[]; readonly next: string | null } {
  const parsed = TokenAnswer.safeParse(answer.json);
  if (!parsed.success) throw invalidAnswer(answer.place, answer.status, "without the list of tokens", wrongAnswer);
  const { data, links } = parsed.data;
  return {
    tokens: data.flatMap((item) => Token.safeParse(item).data ?? []),
    next: links?.find(({ rel }) => rel === "next")?.uri ?? null,
  };
}

const Exchanged = z.object({ access_token: z.string().min(1).max(5000) });

/** The token that a code was exchanged for. @throws HttpFailure `response-invalid` */
export function readExchange(answer: JsonAnswer): string {
  const parsed = Exchanged.safeParse(answer.json);
  if (!parsed.success) throw invalidAnswer(answer.place, answer.status, "without a token", wrongAnswer);
  return parsed.data.access_token;
}

const Me = z.object({ data: z.object({ id: z.string(), district: z.string(), type: z.string().nullish() }) });

/** Whose token it is that asked. @throws HttpFailure `response-invalid` */
export function readMe(answer: JsonAnswer): { readonly district: string; readonly isDistrict: boolean } {
  const parsed = Me.safeParse(answer.json);
  if (!parsed.success) throw invalidAnswer(answer.place, answer.status, "without saying whose token it is", wrongAnswer);
  const { id, district, type } = parsed.data.data;
  return { district, isDistrict: type === "district" || id === district };
}

/** What is kept until the next read, and asked for by. */
const Id = z.string().refine(isUsableId);

const Event = z.object({
  id: Id,
  type: z.string(),
  created: z.string().nullish(),
  data: z.object({ object: z.looseObject({ id: Id }) }),
});

export interface CleverEvent {
  readonly id: string;
  readonly type: string;
  readonly createdMs: number | null;
  readonly objectId: string;
  /** The whole record; of a deleted one, as it was last. */
  readonly object: WireObject;
}

/** Null for what is no event. */
export function readEvent(object: WireObject): CleverEvent | null {
  const parsed = Event.safeParse(object);
  if (!parsed.success) return null;
  const { id, type, created, data } = parsed.data;
  const createdMs = Date.parse(created ?? "");
  return { id, type, createdMs: Number.isNaN(createdMs) ? null : createdMs, objectId: data.object.id, object: data.object };
}

const wrongAnswer = "Nothing to set on your side. If the next sync fails in the same way, send this message to Clever's support.";
