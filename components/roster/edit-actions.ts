import type { Result } from "#components/settings/result.ts";

/** What a person's page hands to its components; each answers when it is done or refused. */
export interface PersonActions {
  readonly deactivate: (reason: string) => Promise<Result>;
  readonly reactivate: () => Promise<Result>;
  readonly bar: (reason: string) => Promise<Result>;
  readonly unbar: () => Promise<Result>;
}
