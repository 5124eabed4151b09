import { z } from "zod";
import type { DistrictScope } from "#lib/platform/access.ts";
import type { ApiScope } from "#lib/platform/api-scopes.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { Problem } from "./problems.ts";

export const methods = ["GET", "POST", "PATCH", "DELETE"] as const;
export type Method = (typeof methods)[number];

/** What an operation is given: everything is parsed. */
export interface Asked<Query, Body> {
  readonly services: Services;
  readonly scope: DistrictScope;
  /** The part of the path that {name} stands for. */
  readonly param: (name: string) => string;
  readonly query: Query;
  readonly body: Body;
  readonly signal: AbortSignal;
}

/** One operation of the API: the document, the door and the tests are made of these. */
export interface Operation<Query = unknown, Body = unknown, Answer = unknown> {
  readonly id: string;
  readonly method: Method;
  /** "/integrations/{integration}" */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** What else is worth knowing. */
  readonly description?: string;
  readonly scope: ApiScope;
  readonly query: z.ZodType<Query>;
  /** Null: the request has none. */
  readonly body: z.ZodType<Body> | null;
  readonly status: 200 | 201 | 202 | 204;
  /** Whether its records can be had as JSON lines, by Accept. */
  readonly asLines?: boolean;
  /** Null: the answer has no content. */
  readonly answer: z.ZodType<Answer> | null;
  /** Where what was made can be read. */
  readonly location?: (answer: Answer) => string;
  readonly run: (asked: Asked<Query, Body>) => Promise<unknown>;
}

type Given<Query, Body, Answer> = Omit<Operation<Query, Body, Answer>, "query" | "body" | "status"> &
  Partial<Pick<Operation<Query, Body, Answer>, "query" | "body" | "status">>;

const nothing = z.strictObject({});

export function operation<Query = Record<string, never>, Body = null, Answer = unknown>(given: Given<Query, Body, Answer>): Operation {
  const { query = nothing as unknown as z.ZodType<Query>, body = null, status = given.answer === null ? 204 : 200 } = given;
  return { ...given, query, body, status } as unknown as Operation;
}

export const linesType = "application/x-ndjson";

export const mostAtOnce = 200;
const usualAtOnce = 50;

/** A number of a query, in digits alone: no 1e3, no 0x5, no spaces. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `Enter a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.int(`Enter a whole number from ${least} to ${most}`).min(least).max(most));

/** What every list can be asked for. */
export const paged = {
  limit: wholeNumber(1, mostAtOnce)
    .default(usualAtOnce)
    .meta({ override: { type: "integer", minimum: 1, maximum: mostAtOnce, default: usualAtOnce }, description: "Records at once" }),
  cursor: z.string().max(500).optional().meta({ description: "nextCursor of the page before; left out: the first page" }),
};

export interface Paged {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const listOf = <T>(item: z.ZodType<T>) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable().meta({ description: "Null: this is the last page" }) });

interface CursorKeys {
  readonly id: string;
  readonly seq: number;
}

const isKey: { readonly [By in keyof CursorKeys]: (key: unknown) => key is CursorKeys[By] } = {
  id: (key): key is string => typeof key === "string" && isUuid(key),
  seq: (key): key is number => Number.isSafeInteger(key) && Number(key) >= 0,
};

/**
 * A page of a list that goes on after its last record. `read` is asked for one more than the page has, which tells whether there is
 * another. The cursor names the list and the record; one of another list, or with what is no key of this one, is refused.
 * @param keyed by what records follow each other: their `id`, or the number they have in the list, `seq`
 */
export async function page<T, By extends keyof CursorKeys>(
  list: string,
  keyed: By,
  { limit, cursor }: Paged,
  read: (after: CursorKeys[By] | null, limit: number) => Promise<readonly T[]>,
  keyOf: (row: T) => CursorKeys[By],
): Promise<{ data: readonly T[]; nextCursor: string | null }> {
  const rows = await read(cursor === undefined ? null : readCursor(list, keyed, cursor), limit + 1);
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const goesOn = rows.length > limit && last !== undefined;
  return { data, nextCursor: goesOn ? Buffer.from(JSON.stringify([list, keyOf(last)])).toString("base64url") : null };
}

function readCursor<By extends keyof CursorKeys>(list: string, keyed: By, cursor: string): CursorKeys[By] {
  const wrong = new Problem("invalid-request", "This cursor is not one of this list.", {
    fields: { cursor: "Give nextCursor as it came" },
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw wrong;
  }
  if (!Array.isArray(parsed) || parsed.length !== 2 || parsed[0] !== list) throw wrong;
  const [, key] = parsed as [string, unknown];
  if (!isKey[keyed](key)) throw wrong;
  return key;
}
