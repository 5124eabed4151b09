import type { AvailableProvider } from "#lib/sis/credentials.ts";
import type { ProviderId } from "#lib/sis/providers.ts";

export const providerWords: Record<ProviderId, { readonly name: string; readonly method: string }> = {
  clever: { name: "Clever", method: "REST API (OAuth 2.0)" },
  classlink: { name: "ClassLink", method: "REST API (OneRoster 1.1)" },
  "oneroster-rest": { name: "OneRoster API", method: "REST API (1.1 Spec)" },
  "oneroster-csv": { name: "OneRoster CSV", method: "SFTP File Transfer" },
};

export interface SetupGuide {
  readonly lead: string;
  readonly steps: readonly string[];
  readonly hints: readonly string[];
}

/** What to do on the SIS's side before the form can be filled in. */
export const setupGuides: Record<AvailableProvider, SetupGuide> = {
  "oneroster-csv": {
    lead: "For SIS systems that export OneRoster CSV files",
    steps: [
      "Set up an SFTP server (or use SIS-provided SFTP)",
      "Configure automatic CSV exports from your SIS",
      "Enter SFTP credentials in Aivo",
      "Specify the remote directory path",
    ],
    hints: [
      "The files can be loose or in one zip; Aivo finds out by itself.",
      "Expected are OneRoster 1.1 files: orgs, academicSessions, courses, classes, users and enrollments, with a manifest where the SIS writes one.",
      "An account that can only read its directory is enough. Aivo never writes to the server.",
    ],
  },
};
