import { type Fault, FaultBoard, type FaultKind, faultKinds } from "#sandbox/http/faults.ts";
import { page } from "#sandbox/http/html.ts";
import { parameter, parseQuery } from "#sandbox/http/query.ts";
import { type Reply, type Request, startHttp } from "#sandbox/http/server.ts";
import { type ControlOptions, counts } from "./options.ts";
import { controlPage } from "./page.ts";

export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

const maxDays = 400;

/**
 * The page and the JSON API that move the sandbox's clock and break its servers.
 *
 *     GET  /api/state                      day, date, counts, faults, servers
 *     GET  /api/requests[?server=clever]   the last requests, oldest first
 *     POST /api/advance  {"days": 1}       POST /api/break  a Fault       POST /api/mend  {"kind"?}
 *     POST /api/action   {"name": "clever-withdraw"}
 */
export async function startControl(options: ControlOptions): Promise<Control> {
  const server = await startHttp({
    name: "control",
    ...(options.port !== undefined && { port: options.port }),
    now: () => new Date(),
    faults: new FaultBoard(),
    endpointOf: (path) => path.slice(1),
    errorBody: (_status, message) => ({ message }),
    answer: (request) => answer(options, request),
  });
  return { url: server.url, close: server.close };
}

function answer(options: ControlOptions, request: Request): Reply {
  // Another site in the same browser must not reach it, neither by name nor by a form.
  if (!/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.origin)) return failed(403, "Only on this machine");
  const { path, method } = request;
  if (method === "GET" && path === "/") return { status: 200, body: page("Sandbox district", controlPage(options)) };
  if (method === "GET" && path === "/api/state") return { status: 200, body: state(options) };
  if (method === "GET" && path === "/api/requests") {
    const name = parameter(request.query, "server");
    const requests = options.servers.filter((server) => name === undefined || server.name === name).flatMap((server) => server.requests());
    return { status: 200, body: { requests } };
  }
  if (method !== "POST") return failed(404, "Not found");
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return failed(403, "Not from another site");
  const isApi = path.startsWith("/api/");
  const refusal = act(
    options,
    path.replace(/^\/(api\/)?/, ""),
    isApi ? jsonOf(request.body) : Object.fromEntries(parseQuery(request.body) ?? []),
  );
  if (refusal !== null)
    return isApi
      ? failed(400, refusal)
      : { status: 400, body: page("Sandbox district", `<h1>That did not work</h1><p>${refusal}</p><p><a href="/">Back</a></p>`) };
  return isApi ? { status: 200, body: state(options) } : { status: 303, headers: { location: "/" }, body: "" };
}

type Input = Readonly<Record<string, unknown>>;

/** Does it; null, or why not. */
function act(options: ControlOptions, verb: string, input: Input): string | null {
  if (verb === "advance") {
    const days = wholeNumber(input.days ?? 1);
    if (days === null || days < 1 || days > maxDays) return `days is a number from 1 to ${maxDays}`;
    options.district.advance(days);
    options.onAdvance();
    return null;
  }
  if (verb === "break") return breakIt(options, input);
  if (verb === "mend") {
    if (input.kind !== undefined && input.kind !== "" && !isKind(input.kind)) return "There is no such fault";
    options.faults.mend(isKind(input.kind) ? input.kind : undefined);
    return null;
  }
  if (verb !== "action") return "There is no such thing to do";
  const action = typeof input.name === "string" && Object.hasOwn(options.actions, input.name) ? options.actions[input.name] : undefined;
  action?.();
  return action ? null : "There is no such action";
}

const numbersOfFault = ["atRequest", "times", "delayMs", "retryAfterSeconds", "limit"] as const;

function breakIt({ faults, servers }: ControlOptions, input: Input): string | null {
  if (!isKind(input.kind)) return "There is no such fault";
  const { server, endpoint, field } = input;
  if (isGiven(server) && !servers.some(({ name }) => name === server)) return "There is no such server";
  const numbers: Partial<Record<(typeof numbersOfFault)[number], number>> = {};
  for (const name of numbersOfFault) {
    if (!isGiven(input[name])) continue;
    const number = wholeNumber(input[name]);
    if (number === null || number < 1) return `${name} is a number from 1`;
    numbers[name] = number;
  }
  const fault: Fault = {
    kind: input.kind,
    ...(isGiven(server) && { server: String(server) }),
    ...(isGiven(endpoint) && { endpoint: String(endpoint) }),
    ...(isGiven(field) && { field: String(field) }),
    ...numbers,
  };
  faults.break(fault);
  return null;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";
const isKind = (value: unknown): value is FaultKind => typeof value === "string" && Object.hasOwn(faultKinds, value);

function wholeNumber(value: unknown): number | null {
  const text = String(value);
  return /^\d{1,7}$/.test(text) ? Number(text) : null;
}

function state({ district, faults, servers, oneRosterVersion }: ControlOptions) {
  return {
    day: district.day,
    date: district.date,
    district: district.today.shape.name,
    counts: counts(district),
    oneRosterVersion: oneRosterVersion(),
    faults: faults.list(),
    servers: servers.map(({ name, title, address, requests }) => ({ name, title, address, requests: requests().length })),
  };
}

function jsonOf(body: string): Input {
  try {
    const value: unknown = JSON.parse(body || "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function failed(status: number, message: string): Reply {
  return { status, body: { message } };
}
