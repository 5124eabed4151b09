import type { OneRosterVersion } from "#lib/roster/version-change.ts";

/** 1.1's words for what is wrong. */
export type Minor =
  | "unauthorized"
  | "forbidden"
  | "server_busy"
  | "unknown object"
  | "invalid data"
  | "invalid_filter_field"
  | "invalid_selection_field"
  | "invalid_blank_selection_field"
  | "invalid_sort_field"
  | "internal_server_error";

/** 1.2's words, where they are others. */
const minorOf12: Readonly<Partial<Record<Minor, string>>> = {
  unauthorized: "unauthorisedrequest",
  "unknown object": "unknownobject",
  "invalid data": "invaliddata",
  invalid_blank_selection_field: "invalid_selection_field",
};

/** The body of a refusal, as the version has it. */
export function failureBody(version: OneRosterVersion, minor: Minor, description: string): Readonly<Record<string, unknown>> {
  if (version === "1.1") return { statusInfoSet: [statusInfo("failure", "error", minor, description)] };
  const field = { imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: minorOf12[minor] ?? minor };
  return {
    imsx_codeMajor: "failure",
    imsx_severity: "error",
    imsx_description: description,
    imsx_CodeMinor: { imsx_codeMinorField: [field] },
  };
}

/** 1.1: what is said of a request beside its answer, or instead of one. */
export function statusInfo(major: string, severity: string, minor: Minor, description: string) {
  return { imsx_codeMajor: major, imsx_severity: severity, imsx_codeMinor: minor, imsx_description: description };
}
