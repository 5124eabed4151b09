import { isStorable } from "#lib/roster/text.ts";

/** The largest call is a private key among some names; Next's own bound is the same. */
const mostBytes = 1024 * 1024;
const mostArguments = 16;
const mostDepth = 32;

/** Why a call of a server action is refused before Next reads it, which answers 500 to what it cannot decode. */
export interface Refusal {
  readonly status: 400 | 403 | 413;
  readonly words: string;
}

const notACall: Refusal = { status: 400, words: "This is not a call of a server action." };
const foreign: Refusal = { status: 403, words: "This did not come from a page of Aivo." };
const tooLarge: Refusal = { status: 413, words: "A call of a server action has at most 1 MB." };

/**
 * Judges what is posted to a page. Null: Next may have it.
 * @param ownHosts where browsers have Aivo's pages from
 */
export async function refusalOfCall(request: Request, ownHosts: readonly string[]): Promise<Refusal | null> {
  const action = request.headers.get("next-action");
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const isForm = action === null && type === "multipart/form-data";
  if (!isForm && !/^[0-9a-f]{40,64}$/.test(action ?? "")) return notACall;
  if (!request.headers.has("origin")) return foreign;
  const refusal = refusalOfPost(request, ownHosts);
  if (refusal !== null) return refusal;
  if (isForm) return refusalOfForm(request);
  // As React sends arguments that hold no file; none of Aivo's does.
  if (type !== "text/plain") return notACall;
  const text = await textOf(request);
  if (typeof text !== "string") return text;
  return isCall(text) ? null : notACall;
}

/** A form that the browser sent itself, before the page was awake or without scripts, as React writes its fields. */
async function refusalOfForm(request: Request): Promise<Refusal | null> {
  const text = await textOf(request);
  if (typeof text !== "string") return text;
  const type = request.headers.get("content-type") ?? "";
  const form = await new Response(text, { headers: { "content-type": type } }).formData().catch(() => null);
  return form !== null && isFormOfAction(form) ? null : notACall;
}

/** Judges where anything that is posted came from. Every browser says so, and says "null" for a page that must not be known; programs say nothing. */
export function refusalOfPost(request: Request, ownHosts: readonly string[]): Refusal | null {
  const given = request.headers.get("origin");
  const host = URL.parse(given ?? "")?.host;
  return given === null || (host !== undefined && ownHosts.includes(host)) ? null : foreign;
}

async function textOf(request: Request): Promise<string | Refusal> {
  if (Number(request.headers.get("content-length") ?? 0) > mostBytes) return tooLarge;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  let text = "";
  try {
    for await (const part of request.body ?? []) {
      size += part.byteLength;
      if (size > mostBytes) return tooLarge;
      text += decoder.decode(part, { stream: true });
    }
    return text + decoder.decode();
  } catch {
    return notACall;
  }
}

/** Whether a body is what React's encodeReply makes of arguments without files and streams: a list, whose texts beginning with $ mean something. */
export function isCall(text: string): boolean {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return false;
  }
  if (!Array.isArray(root) || root.length > mostArguments) return false;
  const whole = new Set<object>();
  return isMadeOf(root, (text) => isMarked(text, root as readonly unknown[], whole), whole);
}

/**
 * Whether a value is not too deep, and each of its texts that begin with $ is one that `isMeant` knows. `whole` gains what was found to be,
 * in the order in which it closes.
 */
function isMadeOf(value: unknown, isMeant: (text: string) => boolean, whole: Set<object>, depth = 0): boolean {
  // No field of a form has a NUL or half a character, and Postgres stores neither.
  if (typeof value === "string") return isStorable(value) && (!value.startsWith("$") || isMeant(value));
  if (typeof value !== "object" || value === null) return true;
  if (depth === mostDepth || !Object.values(value).every((part) => isMadeOf(part, isMeant, whole, depth + 1))) return false;
  whole.add(value);
  return true;
}

const mostFields = 32;
const reference = /^\$ACTION_REF_(\d{1,2})$/;
const part = /^\$ACTION_(\d{1,2}):(\d{1,2})$/;

/** Whether a form is one of an action: texts alone, one action, and of what it is bound to nothing but what stands in the form. */
export function isFormOfAction(form: FormData): boolean {
  const fields = [...form.entries()];
  if (fields.length > mostFields || fields.some(([, value]) => typeof value !== "string" || value.includes("\0"))) return false;
  const own = fields.filter(([name]) => name.startsWith("$ACTION_"));
  const actions = own.filter(([name]) => /^\$ACTION_ID_[0-9a-f]{40,64}$/.test(name) || reference.test(name));
  const parts = new Map(own.filter(([name]) => part.test(name)).map(([name, value]) => [name, String(value)]));
  const keys = own.filter(([name, value]) => name === "$ACTION_KEY" && /^\w{1,80}$/.test(String(value)));
  if (actions.length !== 1 || actions.length + parts.size + keys.length !== own.length) return false;
  const number = reference.exec(actions[0]?.[0] ?? "")?.[1];
  if (number === undefined) return parts.size === 0;
  const at = (key: string) => parts.get(`$ACTION_${number}:${key}`);
  return at("0") !== undefined && [...parts].every(([name, text]) => name.startsWith(`$ACTION_${number}:`) && isPart(text, at));
}

function isPart(text: string, at: (key: string) => string | undefined): boolean {
  const isThere = (id: string | undefined) => id !== undefined && at(String(Number.parseInt(id, 16))) !== undefined;
  const isMeant = (value: string) => marked.test(value) || isThere(/^\$@?([0-9a-f]{1,2})$/.exec(value)?.[1]);
  try {
    return isMadeOf(JSON.parse(text), isMeant, new Set());
  } catch {
    return false;
  }
}

const marked = /^\$(\$|undefined$|NaN$|-?Infinity$|-0$|D[+-]?\d{4,6}-\d\d-\d\dT[\d:.]+Z$|n-?\d{1,300}$)/;

/** An escaped $, a value that JSON has not, or what stands in the call already, named by the way there: "$0:1:name". */
function isMarked(text: string, root: readonly unknown[], whole: ReadonlySet<object>): boolean {
  if (marked.test(text)) return true;
  const [id, ...way] = text.slice(1).split(":");
  if (id !== "0" || way.length === 0) return false;
  let at: unknown = root;
  for (const name of way) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return typeof at === "object" && at !== null && whole.has(at);
}
