import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { and, eq } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { csvLine } from "#lib/platform/csv/write.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { tune } from "#lib/platform/db/set-local.ts";
import { inSnapshot, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { Services } from "#lib/services/services.ts";
import { manifestRows, type RosterFile, type RosterRow, rosterFiles } from "./files.ts";
import { rosterRows } from "./rows.ts";

export interface ExportedRoster {
  readonly directory: string;
  /** Rows of each file of the set. */
  readonly rows: Readonly<Partial<Record<RosterFile, number>>>;
  /** With an integration: records it knows, left out because a record they need is one it does not know. */
  readonly leftOut: number;
}

/**
 * Writes a district's roster as a OneRoster bulk set into `directory`. Equal rosters give equal bytes: rows are in the order
 * of their ids, and dateLastModified, which bulk sets may leave blank, is. Values are exact (lib/platform/csv/write.ts says why).
 *
 * With an integration every id and reference is the integration's own. Records it does not know are left out; a reference to
 * one is blank where OneRoster allows that, and a class without its school or an enrollment without its class or person
 * is left out and counted.
 * @throws ServiceError `not-found`
 */
export async function exportRoster(
  services: Services,
  scope: DistrictScope<"operate">,
  directory: string,
  integrationId: string | null,
  version: OneRosterVersion = "1.1",
): Promise<ExportedRoster> {
  await assertExists(services, scope, integrationId);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const rows: Partial<Record<RosterFile, number>> = {};
  const write = async <File extends RosterFile>(file: File, records: AsyncIterable<RosterRow<File>>) => {
    rows[file] = await writeFile(directory, version, file, records);
  };
  // One snapshot for all files: a sync that commits meanwhile is in all of them or in none.
  const leftOut = await inSnapshot(services.db, scope, "isolation level repeatable read", async (sql) => {
    await tune(sql, hashJoins);
    const roster = await rosterRows(sql, scope.districtId, integrationId);
    await write("academicSessions.csv", roster.terms());
    await write("orgs.csv", version === "1.2" ? roster.orgs() : roster.schools());
    await write("courses.csv", roster.courses());
    await write("classes.csv", roster.classrooms());
    await write("users.csv", roster.people());
    await write("enrollments.csv", roster.memberships());
    if (version === "1.2") await write("roles.csv", roster.roles());
    // A set of the other version that was here before would make two of this one.
    else await rm(join(directory, "roles.csv"), { force: true });
    return roster.leftOut();
  });
  await writeLines(directory, "manifest.csv", [
    manifestRows(version, rows)
      .map((cells) => csvLine(cells, "exact"))
      .join(""),
  ]);
  await withDistrict(services.db, scope, (tx) =>
    appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "roster-exported",
        target: { kind: "district", id: scope.districtId },
        details: { rows, integrationId, version },
      },
      services.now(),
    ),
  );
  return { directory, rows, leftOut };
}

/**
 * Right after a first sync the statistics know nothing of this district yet, and a nested loop over it takes minutes where this takes a
 * second.
 */
const hashJoins = { work_mem: "64MB", enable_nestloop: "off", enable_mergejoin: "off" } as const;

async function assertExists(services: Services, scope: DistrictScope<"operate">, integrationId: string | null): Promise<void> {
  if (integrationId === null) return;
  const [found] = isUuid(integrationId)
    ? await withDistrict(services.db, scope, (tx) =>
        tx.orm
          .select({ id: integrations.id })
          .from(integrations)
          .where(and(eq(integrations.districtId, scope.districtId), eq(integrations.id, integrationId))),
      )
    : [];
  if (!found) throw new ServiceError("not-found", "There is no such integration.");
}

async function writeFile<File extends RosterFile>(
  directory: string,
  version: OneRosterVersion,
  file: File,
  records: AsyncIterable<RosterRow<File>>,
): Promise<number> {
  const columns = columnsOf(version, file);
  let count = 0;
  async function* lines() {
    yield csvLine(columns.map(String), "exact");
    let block = "";
    for await (const record of records) {
      count++;
      block += csvLine(
        columns.map((column) => record[column]),
        "exact",
      );
      if (block.length > 65_536) {
        yield block;
        block = "";
      }
    }
    yield block;
  }
  await writeLines(directory, file, lines());
  // 1.2 has no file without rows.
  if (version === "1.2" && count === 0) await rm(join(directory, file));
  return count;
}

function columnsOf<File extends RosterFile>(version: OneRosterVersion, file: File): readonly (keyof RosterRow<File>)[] {
  const files: Readonly<Partial<Record<RosterFile, readonly string[]>>> = rosterFiles[version];
  return (files[file] ?? []) as readonly (keyof RosterRow<File>)[];
}

/** Written aside and moved into place: whoever looks sees a whole file or the one before. Readable by its owner alone. */
async function writeLines(directory: string, name: string, blocks: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const aside = join(directory, `.${name}.part`);
  try {
    await pipeline(Readable.from(blocks), createWriteStream(aside, { mode: 0o600 }));
    await rename(aside, join(directory, name));
  } finally {
    await rm(aside, { force: true });
  }
}
