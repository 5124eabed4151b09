import type { Reply } from "#sandbox/http/server.ts";
import type { Json } from "./dialect.ts";

/** OneRoster 1.1's `statusInfoSet`. */
export function envelope(codeMinor: string, description: string, as = { codeMajor: "failure", severity: "error" }): Json {
  return {
    statusInfoSet: [
      {
        imsx_codeMajor: as.codeMajor,
        imsx_severity: as.severity,
        imsx_codeMinor: codeMinor,
        imsx_description: description,
        imsx_messageRefIdentifier: "",
      },
    ],
  };
}

export function refused(status: number, codeMinor: string, description: string, words: ErrorWords = words11): Reply {
  return { status, body: words.envelope(codeMinor, description) };
}

/** How a version of OneRoster says that something is wrong, told in 1.1's codes. */
export interface ErrorWords {
  readonly envelope: (codeMinor: string, description: string) => Json;
  /** Said beside records that come all the same; null: the version has no place for it, and the request is refused. */
  readonly warning: ((codeMinor: string, description: string) => Json) | null;
}

export const words11: ErrorWords = {
  envelope,
  warning: (codeMinor, description) => envelope(codeMinor, description, { codeMajor: "success", severity: "warning" }),
};

/** One bare object, with the code in a list, or as a plain text where a vendor has it so. */
export const words12 = (hasPlainCodes: boolean): ErrorWords => ({
  envelope: (codeMinor, description) => {
    const value = minorOf12[codeMinor] ?? codeMinor;
    const field = { imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: value };
    return {
      imsx_codeMajor: "failure",
      imsx_severity: "error",
      imsx_description: description,
      ...(hasPlainCodes ? { imsx_codeMinor: value } : { imsx_CodeMinor: { imsx_codeMinorField: [field] } }),
    };
  },
  warning: null,
});

/** 1.2's words for 1.1's. */
const minorOf12: Readonly<Record<string, string>> = {
  unauthorized: "unauthorisedrequest",
  "invalid data": "invaliddata",
  "unknown object": "unknownobject",
  unknown: "internal_server_error",
  invalid_blank_selection_field: "invalid_selection_field",
};
