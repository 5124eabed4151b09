import { ServiceError, type ServiceErrorCode } from "#lib/platform/errors.ts";

/** Every way in which a request can be refused (RFC 9457). Each has a heading in docs/api.md, to which its `type` leads. */
export const problems = {
  "invalid-request": { status: 400, title: "The request cannot be read" },
  unauthenticated: { status: 401, title: "No valid token" },
  forbidden: { status: 403, title: "The token may not do this" },
  "not-found": { status: 404, title: "There is no such thing" },
  "method-not-allowed": { status: 405, title: "Not with this method" },
  conflict: { status: 409, title: "Something is in the way" },
  precondition: { status: 409, title: "Not as things are" },
  "too-large": { status: 413, title: "The request is too large" },
  "unsupported-media-type": { status: 415, title: "Not JSON" },
  invalid: { status: 422, title: "The request is not right" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong on our side" },
} as const satisfies Record<Exclude<ServiceErrorCode, "confirm" | "limited">, unknown> & Record<string, { status: number; title: string }>;
export type ProblemType = keyof typeof problems;

/** Thrown by the door and its operations; what services throw is made into one. */
export class Problem extends Error {
  readonly type: ProblemType;
  /** By name what is wrong with it, or what is in the way. */
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    type: ProblemType,
    detail: string,
    more: { readonly fields?: Readonly<Record<string, string>>; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.type = type;
    this.fields = more.fields ?? {};
    this.headers = more.headers ?? {};
  }
}

/** Null for what is nobody's mistake but ours. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (!(error instanceof ServiceError)) return null;
  if (error.code === "limited")
    return new Problem("too-many-requests", error.message, { headers: { "retry-after": String(error.retryAfterSeconds ?? 60) } });
  // Only a person is asked to confirm who they are.
  return new Problem(error.code === "confirm" ? "forbidden" : error.code, error.message, { fields: error.fields });
}

/** @param helpUrl of the page that explains the types */
export function problemResponse(problem: Problem, helpUrl: string): Response {
  return new Response(JSON.stringify(problemBody(problem, helpUrl)), {
    status: problems[problem.type].status,
    headers: { "cache-control": "no-store", "content-type": "application/problem+json", ...problem.headers },
  });
}

function problemBody({ type, message, fields }: Problem, helpUrl: string): Record<string, unknown> {
  const { status, title } = problems[type];
  return { type: `${helpUrl}#${type}`, title, status, detail: message, ...(Object.keys(fields).length > 0 && { fields }) };
}
