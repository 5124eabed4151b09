/** Free of Node: pages and components import this file. */

export interface RunRef {
  readonly integrationId: string;
  readonly runId: string;
  readonly number: number;
}

/** What happened to a record at one moment, by one sync or one admin. */
export interface Happening {
  readonly key: string;
  readonly at: string;
  readonly lines: readonly string[];
  /** Who did it, where it was no sync. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly run: RunRef | null;
  /** Something that still did not come through. */
  readonly isOpen: boolean;
}

export const happeningsOnPage = 25;

export interface RecordHistory {
  /** Newest first. */
  readonly rows: readonly Happening[];
  readonly total: number;
  /** There are older ones that are not counted. */
  readonly hasMore: boolean;
  readonly page: number;
}
