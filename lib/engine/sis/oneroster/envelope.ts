/** OneRoster's status information, in every shape in which vendors send it. */
import { isObject } from "./records.ts";

export interface StatusInfo {
  readonly isFailure: boolean;
  /** In words that may be shown: one of the vocabulary's, never a vendor's own text. */
  readonly minor: string | null;
}

/** codeMinor, with spaces, `_` and case aside. Descriptions are free text, and may quote a record: they are not read. */
const minors: Readonly<Record<string, string>> = {
  fullsuccess: "full success",
  unknownobject: "unknown object",
  invaliddata: "invalid data",
  unauthorized: "unauthorized",
  unauthorised: "unauthorized",
  unauthorisedrequest: "unauthorized",
  unauthorizedrequest: "unauthorized",
  invalidsortfield: "invalid sort field",
  invalidfilterfield: "invalid filter field",
  invalidselectionfield: "invalid selection field",
  invalidblankselectionfield: "blank selection field",
  forbidden: "forbidden",
  serverbusy: "server busy",
  internalservererror: "internal server error",
  invalidclient: "invalid client",
  invalidscope: "invalid scope",
  invalidgrant: "invalid grant",
  invalidrequest: "invalid request",
  unauthorizedclient: "unauthorized client",
  unsupportedgranttype: "unsupported grant type",
};

/** Null where the answer says nothing about its status. */
export function statusInfoOf(json: unknown): StatusInfo | null {
  if (!isObject(json)) return null;
  const sets = json.statusInfoSet;
  const infos = [
    ...(Array.isArray(sets) ? sets : isObject(sets) ? [sets] : []),
    json.imsx_StatusInfo,
    json.imsx_statusInfo,
    json.statusInfo,
    ...(hasStatus(json) ? [json] : []),
  ].filter(isObject);
  // A success often has the same set beside its data; `error` alone is how token endpoints and some servers fail.
  if (infos.length === 0) return typeof json.error === "string" ? { isFailure: true, minor: minorWord(json.error) } : null;
  const isFailure = infos.some((info) => {
    const major = word(info.imsx_codeMajor ?? info.imsx_CodeMajor ?? info.codeMajor);
    const severity = word(info.imsx_severity ?? info.severity);
    return major === "failure" || major === "unsupported" || severity === "error";
  });
  const minor = infos.map((info) => minorOf(info.imsx_codeMinor ?? info.imsx_CodeMinor ?? info.codeMinor)).find((found) => found !== null);
  return { isFailure, minor: minor ?? null };
}

function hasStatus(json: Readonly<Record<string, unknown>>): boolean {
  return "imsx_codeMajor" in json || "imsx_CodeMajor" in json || "codeMajor" in json;
}

/** Text, or OneRoster 1.2's `{ imsx_codeMinorField: [{ imsx_codeMinorFieldValue }] }`. */
function minorOf(value: unknown): string | null {
  if (!isObject(value)) return minorWord(value);
  const fields = value.imsx_codeMinorField;
  const first: unknown = Array.isArray(fields) ? fields[0] : fields;
  return isObject(first) ? minorWord(first.imsx_codeMinorFieldValue) : null;
}

function minorWord(value: unknown): string | null {
  return minors[word(value)] ?? null;
}

function word(value: unknown): string {
  return typeof value === "string" ? value.toLowerCase().replace(/[\s_-]/g, "") : "";
}
