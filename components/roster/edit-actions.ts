import type { Result } from "#components/settings/result.ts";

/** What pages of people and classrooms hand to their components; each answers when it is done or refused. */
export interface EditActions {
  readonly save: (values: Readonly<Record<string, unknown>>) => Promise<Result>;
  /** Without a field: all of them. */
  readonly release: (field: string | null) => Promise<Result>;
  readonly releaseStatus: () => Promise<Result>;
  readonly deactivate: (reason: string) => Promise<Result>;
  readonly reactivate: () => Promise<Result>;
}
export interface PersonActions extends EditActions {
  readonly bar: (reason: string) => Promise<Result>;
  readonly unbar: () => Promise<Result>;
}
