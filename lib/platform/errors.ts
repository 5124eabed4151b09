/**
 * The three kinds of error never mix: an Issue is data (lib/roster/issues.ts), a RunFailure ends a run with nothing
 * changed, a ServiceError is an answer to whoever asked for something.
 */

export const runFailureCodes = [
  "name-resolution",
  "address-refused",
  "connection",
  "timeout",
  "tls",
  "host-key-unknown",
  "host-key-changed",
  "sign-in",
  "authorization-expired",
  "directory-missing",
  "permission",
  "no-files",
  "file-missing",
  "file-unexpected",
  "file-changing",
  "file-truncated",
  "file-empty",
  "file-no-rows",
  "file-encoding",
  "file-malformed",
  "file-too-large",
  "header-missing-columns",
  "header-duplicate-columns",
  "version-unsupported",
  "version-disagrees",
  "version-changed",
  "version-ambiguous",
  "manifest-missing",
  "roles-missing",
  "manifest-invalid",
  "archive-invalid",
  "archive-encrypted",
  "archive-unsafe",
  "archive-bomb",
  "response-invalid",
  "rate-limited",
  "server-error",
  "read-incomplete",
  "roster-changed",
  "plan-lost",
  "database",
  "worker-lost",
  "disk-full",
  "internal",
  "configuration",
] as const;
export type RunFailureCode = (typeof runFailureCodes)[number];

export interface RunFailureDetails {
  readonly code: RunFailureCode;
  /** Where on the path of a row it happened: "connect", "download users.csv", "apply". */
  readonly step: string;
  /** What happened, naming the thing and the place; no secret, no name of a person. */
  readonly message: string;
  readonly remedy: string;
  /** Whether the same call may succeed when simply repeated. */
  readonly transient?: boolean;
}

/** Ends a run. The roster is as it was. */
export class RunFailure extends Error {
  readonly code: RunFailureCode;
  readonly step: string;
  readonly remedy: string;
  readonly transient: boolean;

  constructor(details: RunFailureDetails, options?: { cause?: unknown }) {
    super(details.message, options);
    this.name = "RunFailure";
    this.code = details.code;
    this.step = details.step;
    this.remedy = details.remedy;
    this.transient = details.transient ?? false;
  }

  get details(): RunFailureDetails {
    return { code: this.code, step: this.step, message: this.message, remedy: this.remedy, transient: this.transient };
  }
}

/** The run was asked to stop. Not a failure; nothing has changed. */
export class RunCancelled extends Error {
  constructor() {
    super("The sync was canceled");
    this.name = "RunCancelled";
  }
}

/**
 * limited: too often within a while; when it may be tried again is told with it.
 * confirm: whoever asks has to show anew who they are, then may ask again (lib/services/accounts/confirm.ts).
 */
export type ServiceErrorCode =
  | "confirm"
  | "not-found"
  | "forbidden"
  | "unauthenticated"
  | "conflict"
  | "invalid"
  | "precondition"
  | "limited";

/** An answer to a request that cannot be carried out; translated once per edge (action, route, command line). */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  /** Messages by form field, for `invalid`. */
  readonly fields: Readonly<Record<string, string>>;

  /** For `limited`. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ServiceErrorCode,
    message: string,
    fields: Readonly<Record<string, string>> = {},
    retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** For what is decided as a whole, from what was shown: somebody else has decided it otherwise since. */
export function changedMeanwhile(what: string): ServiceError {
  return new ServiceError(
    "conflict",
    `Somebody has changed the ${what} since this page was opened. Nothing was saved: load the page anew, and choose from what holds now.`,
  );
}
