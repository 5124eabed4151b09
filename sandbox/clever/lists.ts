import type { Faults } from "#sandbox/http/faults.ts";
import { parameter, type Query } from "#sandbox/http/query.ts";
import type { Reply } from "#sandbox/http/server.ts";

/** What can be paged: positions in ascending order of their ids. */
export interface Paged {
  readonly size: number;
  has(position: number): boolean;
  id(position: number): string;
  item(position: number): unknown;
  /** The position of an id, -1 for none; also of a record that is gone. */
  find(id: string): number;
}

export const maxLimit = 10_000;
const defaultLimit = 100;

/** A page between cursors, with links to its neighbours. `path` is that of the host, version included. */
export function page(list: Paged, path: string, query: Query, faults: Faults): Reply {
  const limitText = parameter(query, "limit");
  if (limitText !== undefined && !/^[1-9]\d{0,8}$/.test(limitText)) return failed(400, "limit is a number from 1 to 10000");
  const asked = Number(limitText ?? defaultLimit);
  if (asked > maxLimit) return failed(413, "limit is at most 10000");
  const limit = Math.min(asked, faults.get("limit-clamped")?.limit ?? (faults.has("limit-clamped") ? 50 : maxLimit));
  const [after, before] = [parameter(query, "starting_after"), parameter(query, "ending_before")];
  if (after !== undefined && before !== undefined) return failed(400, "Give starting_after or ending_before");
  const cursor = after === undefined ? -1 : list.find(after);
  const end = before === undefined || before === "last" ? list.size : list.find(before);
  if ((after !== undefined && cursor === -1) || end === -1) return failed(400, "The cursor is not an id of this list");

  const { positions, hasMore, hasEarlier } =
    before === undefined ? forward(list, startOf(cursor, limit, faults), limit) : backward(list, end, limit);
  const links = [{ rel: "self", uri: uri(path, query) }];
  const [first, last] = [positions[0], positions.at(-1)];
  if (hasMore && last !== undefined) links.push({ rel: "next", uri: uri(path, moved(query, limit, "starting_after", list.id(last))) });
  if (hasEarlier && first !== undefined) links.push({ rel: "prev", uri: uri(path, moved(query, limit, "ending_before", list.id(first))) });
  const key = faults.has("wrong-wrapper") ? "items" : "data";
  const data = positions.map((position) => ({ data: list.item(position), uri: `${path}/${list.id(position)}` }));
  return { status: 200, body: { [key]: data, links, ...count(list, query, faults, Math.max(0, cursor)) } };
}

function startOf(cursor: number, limit: number, faults: Faults): number {
  if (faults.has("page-loop")) return 0;
  return faults.has("overlapping-pages") ? Math.max(0, cursor + 1 - Math.ceil(limit / 10)) : cursor + 1;
}

function forward(list: Paged, start: number, limit: number) {
  const positions: number[] = [];
  let at = start;
  for (; at < list.size && positions.length < limit; at++) if (list.has(at)) positions.push(at);
  while (at < list.size && !list.has(at)) at++;
  return { positions, hasMore: at < list.size, hasEarlier: start > 0 };
}

function backward(list: Paged, end: number, limit: number) {
  const positions: number[] = [];
  let at = end - 1;
  for (; at >= 0 && positions.length < limit; at--) if (list.has(at)) positions.push(at);
  while (at >= 0 && !list.has(at)) at--;
  return { positions: positions.reverse(), hasMore: end < list.size, hasEarlier: at >= 0 };
}

function count(list: Paged, query: Query, faults: Faults, seed: number): { count?: number } {
  if (parameter(query, "count") !== "true" || faults.has("no-total")) return {};
  let number = faults.has("total-moving") ? seed % 7 : 0;
  for (let at = 0; at < list.size; at++) if (list.has(at)) number++;
  return { count: number };
}

function moved(query: Query, limit: number, name: string, id: string): Query {
  const kept = query.filter(([known]) => !["limit", "starting_after", "ending_before"].includes(known));
  return [...kept, ["limit", String(limit)], [name, id]];
}

function uri(path: string, query: Query): string {
  const words = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return words.length === 0 ? path : `${path}?${words.join("&")}`;
}

export function failed(status: number, message: string): Reply {
  return { status, body: { message } };
}
