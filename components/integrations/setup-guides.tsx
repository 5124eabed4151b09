import type { ReactNode } from "react";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { BaseUrlPicture } from "./pictures/base-url.tsx";
import { ConsolePicture } from "./pictures/console.tsx";
import { FileDropPicture } from "./pictures/file-drop.tsx";
import { RoundTripPicture } from "./pictures/round-trip.tsx";

export interface Guide {
  readonly title: string;
  readonly lead: string;
  readonly steps: readonly { readonly text: ReactNode; readonly picture?: ReactNode }[];
  readonly hints: readonly string[];
  /** For somebody who does not know which provider is theirs. */
  readonly isFor: string;
}

function Outside({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className="text-link">
      {children}
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}

/** What to do on the SIS's side before the form can be filled in. */
export const guides: Record<ProviderId, Guide> = {
  clever: {
    title: "Getting Clever credentials",
    lead: "Clever shares the district's roster after an admin has authorized Aivo.",
    isFor: "Your district shares its roster through Clever.",
    steps: [
      {
        text: (
          <>
            Log into <Outside href="https://clever.com/dashboard">Clever Dashboard</Outside>
          </>
        ),
      },
      {
        text: (
          <>
            Go to <strong>Settings → API</strong>
          </>
        ),
      },
      { text: "Create a new application" },
      {
        text: (
          <>
            Copy <strong>Client ID</strong> and <strong>Client Secret</strong>
          </>
        ),
      },
      {
        text: (
          <>
            Note your <strong>District ID</strong>
          </>
        ),
        picture: (
          <ConsolePicture
            owner="Clever Dashboard"
            path={["Settings", "API"]}
            menu={["Home", "Sync", "Sharing", "Settings"]}
            values={[
              { label: "Client ID", sample: "7f3a…c21e" },
              { label: "Client Secret", sample: "••••••••••••" },
              { label: "District ID", sample: "4fd43cc5…0005" },
            ]}
          />
        ),
      },
      { text: "Complete OAuth authorization: save here, then choose Authorize with Clever", picture: <RoundTripPicture /> },
    ],
    hints: [
      "Share schools, sections, students and teachers with Aivo; courses and terms make classrooms easier to tell apart.",
      "Switch on events in Clever, and syncs between two full reads take only what changed.",
    ],
  },
  classlink: {
    title: "Getting ClassLink credentials",
    lead: "ClassLink's Roster Server speaks OneRoster 1.1.",
    isFor: "Your district rosters through ClassLink's Roster Server.",
    steps: [
      { text: "Log into ClassLink Management Console" },
      {
        text: (
          <>
            Navigate to <strong>Integrations → OneRoster</strong>
          </>
        ),
      },
      { text: "Enable OneRoster API access" },
      {
        text: (
          <>
            Copy <strong>Client ID</strong>, <strong>Client Secret</strong>, and <strong>Tenant ID</strong>
          </>
        ),
        picture: (
          <ConsolePicture
            owner="ClassLink Management Console"
            path={["Integrations", "OneRoster"]}
            menu={["Users", "Apps", "Reports", "Integrations"]}
            toggle="OneRoster API access"
            values={[
              { label: "Client ID", sample: "aivo-district" },
              { label: "Client Secret", sample: "••••••••••••" },
              { label: "Tenant ID", sample: "2284" },
            ]}
          />
        ),
      },
    ],
    hints: [
      "ClassLink calls them by other words too: an access token or API key goes into Client Secret, an application ID into Tenant ID.",
      "A Tenant ID with % signs is complete as it is; do not take them out.",
      "If a Server URL stands beside them, enter it too: requests then go straight to the district's server.",
    ],
  },
  "oneroster-rest": {
    title: "Using OneRoster API",
    lead: "Any SIS supporting OneRoster 1.1 or 1.2 can be connected.",
    isFor: "Your SIS's vendor gives you a OneRoster address, a client ID and a secret.",
    steps: [
      { text: "Obtain API credentials from your SIS vendor" },
      { text: "Get the OneRoster Base URL", picture: <BaseUrlPicture /> },
      { text: "Configure in Aivo with client ID/secret" },
    ],
    hints: [
      "OAuth 2.0 or OAuth 1.0a, and the token's address: Test Connection finds it out. What it found stands under Advanced.",
      "Ask for read access to orgs, academicSessions, courses, classes, users and enrollments (scope roster-core.readonly).",
      "The test finds out whether it is OneRoster 1.1 or 1.2; where the address has both, choose under Advanced.",
    ],
  },
  "oneroster-csv": {
    title: "Using OneRoster CSV",
    lead: "For SIS systems that export OneRoster CSV files",
    isFor: "Your SIS writes OneRoster CSV files to a server, for example every night.",
    steps: [
      { text: "Set up an SFTP server (or use SIS-provided SFTP)", picture: <FileDropPicture /> },
      { text: "Configure automatic CSV exports from your SIS" },
      { text: "Enter SFTP credentials in Aivo" },
      { text: "Specify the remote directory path" },
    ],
    hints: [
      "The files can be loose or in one zip; Aivo finds out by itself.",
      "Expected are OneRoster 1.1 files: orgs, academicSessions, courses, classes, users and enrollments, with a manifest where the SIS writes one; or those of 1.2, with roles and a manifest.",
      "An account that can only read its directory is enough. Aivo never writes to the server.",
    ],
  },
};
