import type { LiveDistrict } from "#sandbox/district/live.ts";
import type { Faults } from "#sandbox/http/faults.ts";
import type { Query } from "#sandbox/http/query.ts";
import type { Dialect } from "./dialect.ts";
import type { Asked } from "./endpoints.ts";
import type { ErrorWords } from "./envelope.ts";

/** What differs between vendors in a page. */
export interface PageRules {
  readonly defaultLimit: number;
  readonly maxLimit: number;
  /** Above the limit: the request is refused, or quietly cut. */
  readonly aboveLimit: "refuse" | "clamp";
  /** Null: the vendor does not say how many there are. */
  readonly totalHeader: string | null;
  /** The count of this page, where the vendor tells it. */
  readonly countHeader?: string;
  readonly hasLinks: boolean;
  /** What comes behind the last record. */
  readonly pastEnd?: "empty" | 404 | 204;
  /** The records stand under the path's own last word: `students`, not `users`. */
  readonly wrapsByPath?: boolean;
  /** Withdrawn records stay, as `tobedeleted`. */
  readonly keepsTombstones: boolean;
  /** Fields that no filter reaches, with all that is below them. */
  readonly unfilterable?: readonly string[];
  /** 1.1's unless said otherwise. */
  readonly words?: ErrorWords;
}

export interface Question {
  readonly live: LiveDistrict;
  readonly dialect: Dialect;
  readonly rules: PageRules;
  readonly asked: Asked;
  readonly query: Query;
  /** Address of the collection, for links. */
  readonly url: string;
  readonly faults: Faults;
}
