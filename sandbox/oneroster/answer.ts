import { parameter } from "#sandbox/http/query.ts";
import type { Reply } from "#sandbox/http/server.ts";
import type { Json } from "./dialect.ts";
import { type ErrorWords, refused, words11 } from "./envelope.ts";
import { valuesAt } from "./filter.ts";
import type { Question } from "./question.ts";
import { lifeOf, oneRosterRecord } from "./records.ts";
import { selected } from "./select.ts";

/** A single record or a page of a collection. */
export function answer(question: Question): Reply {
  const { asked, faults, rules, live, dialect } = question;
  const { words = words11 } = rules;
  if (faults.has("error-200")) return { status: 200, body: words.envelope("unknown", "The request could not be processed") };
  if (faults.has("not-shared")) return refused(403, "forbidden", "This endpoint is not shared by the district", words);
  if (asked.single === null) return page(question);
  if (asked.single === -1 || (!rules.keepsTombstones && !lifeOf(live.today, dialect, asked.kind, asked.single).isActive))
    return notThere(words);
  const record = picked(question, render(question, asked.single));
  return record ? { status: 200, body: { [faults.has("wrong-wrapper") ? "item" : asked.singular]: record } } : badFields(question);
}

export function notThere(words?: ErrorWords): Reply {
  return refused(404, "unknown object", "There is no such record", words);
}

function page(question: Question): Reply {
  const { asked, rules, faults } = question;
  const { words = words11 } = rules;
  const window = windowOf(question);
  if (!window) return refused(400, "invalid data", `limit is a number from 1 to ${rules.maxLimit}, offset a number from 0`, words);
  if (!picked(question, {})) return badFields(question);
  const selection = selected(question);
  if (!("size" in selection)) return selection;
  const from = faults.has("page-loop")
    ? 0
    : faults.has("overlapping-pages")
      ? Math.max(0, window.offset - Math.ceil(window.limit / 10))
      : window.offset;
  const records: Json[] = [];
  for (let at = from; at < Math.min(selection.size, from + window.limit); at++) {
    const record = picked(question, render(question, selection.rowAt(at)));
    if (record) records.push(record);
  }
  if (records.length === 0 && window.offset > 0 && rules.pastEnd === 404) return notThere(words);
  if (records.length === 0 && window.offset > 0 && rules.pastEnd === 204) return { status: 204, body: "" };
  const total = selection.size + (faults.has("total-moving") ? Math.ceil(window.offset / window.limit) : 0);
  const headers = faults.has("no-total") ? {} : pageHeaders(question, window, total, records.length);
  const { warning } = selection;
  if (warning !== null && !words.warning) return refused(400, "invalid_sort_field", warning, words);
  const warnings = (warning !== null && words.warning?.("invalid_sort_field", warning)) || {};
  if (faults.has("wrong-wrapper")) return { status: 200, headers, body: { items: records } };
  return {
    status: 200,
    headers,
    body: { [rules.wrapsByPath ? (question.url.split("/").at(-1) ?? asked.plural) : asked.plural]: records, ...warnings },
  };
}

interface Window {
  readonly limit: number;
  readonly offset: number;
}

function windowOf({ query, rules, faults }: Question): Window | null {
  const limit = wholeNumber(parameter(query, "limit"), rules.defaultLimit);
  const offset = wholeNumber(parameter(query, "offset"), 0);
  if (limit === null || offset === null || limit === 0) return null;
  if (limit > rules.maxLimit && rules.aboveLimit === "refuse") return null;
  const clamp = faults.get("limit-clamped");
  return { limit: Math.min(limit, rules.maxLimit, clamp ? (clamp.limit ?? 50) : Number.POSITIVE_INFINITY), offset };
}

function wholeNumber(text: string | undefined, otherwise: number): number | null {
  if (text === undefined) return otherwise;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function render({ live, dialect, asked }: Question, row: number): Json {
  return oneRosterRecord(live.today, dialect, asked.kind, row);
}

/** Only the fields that were asked for; null where one of them is none. */
function picked({ live, dialect, asked, query }: Question, record: Json): Json | null {
  const asks = parameter(query, "fields");
  if (asks === undefined) return record;
  const names = asks.split(",").map((name) => name.trim());
  const known = Object.keys(record).length > 0 ? record : oneRosterRecord(live.today, dialect, asked.kind, 0);
  if (names.some((name) => valuesAt(known, name) === undefined && !optional.has(name) && !(dialect.as12 && optional12.has(name))))
    return null;
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}

/** Fields that only some records of a kind have. */
const optional: ReadonlySet<string> = new Set(["parent", "children", "metadata"]);
const optional12: ReadonlySet<string> = new Set([
  "preferredFirstName",
  "preferredMiddleName",
  "preferredLastName",
  "roles",
  "primaryOrg",
  "userProfiles",
]);

function badFields({ query, rules }: Question): Reply {
  const blank = (parameter(query, "fields") ?? "").trim() === "";
  return refused(
    400,
    blank ? "invalid_blank_selection_field" : "invalid_selection_field",
    "fields names something that the records do not have",
    rules.words,
  );
}

function pageHeaders({ rules, query, url }: Question, { limit, offset }: Window, total: number, count: number): Record<string, string> {
  const headers: Record<string, string> = rules.totalHeader === null ? {} : { [rules.totalHeader]: String(total) };
  if (rules.countHeader) headers[rules.countHeader] = String(count);
  if (!rules.hasLinks) return headers;
  const to = (at: number) => {
    const kept = query.filter(([name]) => name !== "limit" && name !== "offset");
    const parameters = [...kept, ["limit", String(limit)], ["offset", String(at)]].map((pair) =>
      pair.map((word) => encodeURIComponent(word ?? "")).join("="),
    );
    return `<${url}?${parameters.join("&")}>`;
  };
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit;
  const links = [`${to(0)}; rel="first"`, `${to(last)}; rel="last"`];
  if (offset + limit < total) links.unshift(`${to(offset + limit)}; rel="next"`);
  if (offset > 0) links.push(`${to(Math.max(0, offset - limit))}; rel="prev"`);
  headers.Link = links.join(", ");
  return headers;
}
