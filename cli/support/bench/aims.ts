/** What `npm run bench` measures, in the order in which it is told, and how good it is to be. */
export const rows = {
  first: "first sync, to a bare COPY",
  remembering: "what memory and undo need, to the rest of a first sync",
  undo: "undo of a first sync, to that sync",
  "same-bytes": "the same bytes again, to download and hash",
  "same-rows": "the same rows in other bytes, to the first sync",
  changed: "1 % changed, to the first sync",
  lock: "longest lock on a district while 1 % is applied",
  disk: "bytes on disk per enrollment",
  delta: "ten changed records told by a delta",
  catalog: "rows of the catalog per run",
  rest: "OneRoster REST, first read, to a bare client",
  clever: "Clever, first read, to a bare client",
  later: "OneRoster 1.2, first sync, to the same by 1.1",
  memory: "worker's memory at its peak, any provider",
} as const;

export type RowName = keyof typeof rows;
export const rowNames = Object.keys(rows) as RowName[];
export const isRowName = (name: string): name is RowName => name in rows;

export type Unit = "×" | "s" | "MB" | "rows" | "bytes";

/** One figure, in the unit of its row. */
export interface Figure {
  readonly row: RowName;
  /** Which of several figures of the row. */
  readonly what: string | null;
  readonly users: number;
  /** Null where it could not be measured here; `from` says why. */
  readonly value: number | null;
  readonly unit: Unit;
  /** The most that it is to be; null where it is only told. */
  readonly aim: number | null;
  /** What it comes from: "8.12 s to 2.70 s". */
  readonly from: string;
}

export const isMet = ({ value, aim }: Figure): boolean | null => (value === null || aim === null ? null : value <= aim);

/** How many times a bare COPY a first sync may take. What does not grow with the district weighs less in a large one. */
export const mostOfBareCopy = (users: number): number => (users < 32_000 ? 2 : users < 320_000 ? 1.8 : 1.5);

export const most = {
  remembering: 0.15,
  undo: 1,
  sameBytes: 0.9,
  sameRows: 0.2,
  changed: 0.2,
  lockSeconds: 1,
  deltaSeconds: 1,
  catalogRows: 50,
  rest: 1.25,
  clever: 1.5,
  later: 1.1,
  megabytes: 300,
} as const;
