/** What can be broken on a server, as inputs that show the failure of a real vendor or of the network before it. */
export const faultKinds = {
  slow: "Answers after a while (delayMs, 3 s)",
  silent: "Takes the request and never answers",
  reset: "Cuts the connection in the middle of the body",
  "status-500": "500 with an error body",
  "html-502": "502 with a proxy's HTML page",
  "status-429": "429 with Retry-After (retryAfterSeconds, 2)",
  "token-expired": "Every token given out so far is refused from now on",
  revoked: "The authorization is gone: no token is accepted and none is given",
  "truncated-json": "200 with the first half of the JSON",
  "wrong-wrapper": "200 with the records under another key",
  "html-200": "200 with an HTML page",
  "error-200": "200 with an error envelope",
  "page-loop": "Every page is the first page",
  "overlapping-pages": "A page begins before the end of the one before",
  "total-moving": "The total differs from page to page",
  "half-roster": "Only the first half of the records is there, and all of it fits together",
  "not-shared": "The district does not share this endpoint",
  "filter-ignored": "A filter is not looked at",
  "filter-refused": "OneRoster: 400 for any filter",
  "filter-empty": "OneRoster: 200 with nothing for any filter",
  gzip: "Bodies are compressed, asked for or not",
  "limit-clamped": "A page has at most so many records (limit, 50), whatever was asked",
  "no-total": "No total and no links",
  "field-missing": "Records come without a field (field, email)",
  "own-names": "Clever: a section goes by a generated name, without section number and course",
  "half-file": "CSV: the files end in the middle (endpoint: the file's name)",
} as const;
export type FaultKind = keyof typeof faultKinds;

export interface Fault {
  readonly kind: FaultKind;
  /** The server it is for, by the name the sandbox gives it; all of them where left out. */
  readonly server?: string;
  /** "users", "token", …: the last word of the path. All where left out. */
  readonly endpoint?: string;
  /** Begins with the N-th matching request after it was set, counted from 1. */
  readonly atRequest?: number;
  /** Ends after so many requests. */
  readonly times?: number;
  readonly delayMs?: number;
  readonly retryAfterSeconds?: number;
  readonly limit?: number;
  /** A field's name in the vendor's JSON. */
  readonly field?: string;
}

/** The faults that are set, and how often each was met. Shared by the servers of one sandbox. */
export class FaultBoard {
  readonly #faults: { readonly fault: Fault; seen: number }[];

  constructor(faults: readonly Fault[] = []) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }));
  }

  break(fault: Fault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  /** Everything works again, or only what was broken in this way. */
  mend(kind?: FaultKind): void {
    for (let at = this.#faults.length - 1; at >= 0; at--)
      if (kind === undefined || this.#faults[at]?.fault.kind === kind) this.#faults.splice(at, 1);
  }

  list(): readonly Fault[] {
    return this.#faults.map(({ fault }) => fault);
  }

  /** Counts a request, and tells what goes wrong with it. */
  meet(server: string, endpoint: string): Faults {
    const met = new Map<FaultKind, Fault>();
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.server !== undefined && fault.server !== server) continue;
      if (fault.endpoint !== undefined && fault.endpoint !== endpoint) continue;
      const number = ++entry.seen;
      const from = fault.atRequest ?? 1;
      if (number >= from && number < from + (fault.times ?? Number.POSITIVE_INFINITY)) met.set(fault.kind, fault);
    }
    return met;
  }
}

/** What goes wrong with one request. */
export type Faults = ReadonlyMap<FaultKind, Fault>;
