import { z } from "zod";
import { Learned as ClassLinkLearned } from "#lib/engine/sis/classlink/connect.ts";
import { Learned as OneRosterLearned } from "#lib/engine/sis/oneroster-rest/authority.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { oneRosterVersions } from "#lib/roster/version-change.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * What a connection found out, as a form brings it back from a test or as an admin changed it under Advanced; null where there is
 * nothing of it. Only what the provider's source understands is kept, and no address that the form does not name elsewhere: it
 * would be one more place for a secret to be sent to.
 */
export function learnedFrom(provider: ProviderId, input: unknown, credentials: Values): Values | null {
  const given = typeof input === "object" && input !== null && "learned" in input ? input.learned : null;
  const learned = readers[provider](given, credentials);
  return Object.keys(learned).length === 0 ? null : learned;
}

const readers: Record<ProviderId, (given: unknown, credentials: Values) => Values> = {
  clever: () => ({}),
  classlink: (given) => ClassLinkLearned.safeParse(given).data ?? {},
  "oneroster-rest": (given, { baseUrl, tokenUrl }) => {
    const { tokenUrl: found, ...learned } = OneRosterLearned.safeParse(given).data ?? {};
    return found !== undefined && (found === tokenUrl || isOnHostOf(baseUrl, found)) ? { ...learned, tokenUrl: found } : learned;
  },
  "oneroster-csv": (given) => CsvLearned.safeParse(given).data ?? {},
};

const CsvLearned = z.object({ version: z.enum(oneRosterVersions).optional() });

function isOnHostOf(baseUrl: unknown, url: string): boolean {
  return URL.canParse(String(baseUrl)) && URL.canParse(url) && new URL(String(baseUrl)).origin === new URL(url).origin;
}
