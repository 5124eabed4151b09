import type { Reply } from "#sandbox/http/server.ts";
import type { Json } from "./records.ts";

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

export function refused(status: number, codeMinor: string, description: string): Reply {
  return { status, body: envelope(codeMinor, description) };
}
