import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { anchorKeyOf, publicKeyOf, verifierOf } from "#lib/platform/crypto/anchors.ts";
import { auditLine } from "#lib/services/audit-log/lines.ts";
import { exportAudit } from "#lib/services/audit-log/read.ts";
import { AuditFilter } from "#lib/services/audit-log/schema.ts";
import {
  type AnchoredDistrict,
  type AnchorVerification,
  type VerifiedLog,
  verifyAnchors,
  verifyLogs,
} from "#lib/services/audit-shipping/verify.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import type { Services } from "#lib/services/services.ts";
import { exportViews } from "#lib/services/views/read.ts";
import { type SeenRow, ViewFilter } from "#lib/services/views/schema.ts";
import { placeOf, viewerOf } from "#lib/services/views/words.ts";
import { action } from "./context.ts";
import { linesOfAll } from "./files.ts";
import { listing } from "./listing.ts";
import { CommandError, table } from "./output.ts";
import { districtMeant } from "./why.ts";

interface VerifyOptions {
  readonly district?: string;
  readonly anchor: readonly string[];
  readonly anchorKey: readonly string[];
}

const collect = (value: string, before: readonly string[]) => [...before, value];

export function auditCommand(): Command {
  const audit = new Command("audit").description("the audit log");
  audit
    .command("verify")
    .option("--district <id>", "only this district; all of them otherwise")
    .option("--anchor <path>", "a file of anchors, or a directory of such files; can be given again", collect, [])
    .option(
      "--anchor-key <key>",
      "the public key of anchors that were signed with another key than the installation's; can be given again",
      collect,
      [],
    )
    .description("recompute the chain of hashes, and compare it with anchors that were kept outside; exits with 1 where something is wrong")
    .action(
      action(async (services, { district, anchor, anchorKey }: VerifyOptions) => {
        if (district !== undefined) await operatorScopeOf(services, "district", district);
        const districts = await verifyLogs(services, district ?? null);
        const anchors =
          anchor.length === 0
            ? null
            : await verifyAnchors(services, linesOfAll(anchor.map((path) => resolve(path))), keysOf(services, anchorKey), district ?? null);
        const ok = districts.every(({ brokenAt }) => brokenAt === null) && anchors?.ok !== false;
        return {
          json: { ok, districts, ...(anchors && { anchors }) },
          lines: [...chainLines(districts), ...(anchors ? ["", ...anchorLines(anchors)] : [])],
          exitCode: ok ? 0 : 1,
        };
      }),
    );
  audit
    .command("anchor-key")
    .description("the public key by which anchors can be verified anywhere")
    .action(
      action(async ({ env }, _options: unknown) => {
        if (env.audit.anchors.key === null)
          throw new CommandError("precondition", "There is no key of anchors: set AIVO_AUDIT_ANCHOR_KEY (docs/operations.md).");
        const key = anchorKeyOf(env.audit.anchors.key);
        return { json: { id: key.id, publicKey: publicKeyOf(key) }, lines: [publicKeyOf(key)] };
      }),
    );
  audit
    .command("export")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--to <file>", "where the lines go; a file that is there is not written over")
    .description("write the audit log as JSON lines, with all that its hashes are made of")
    .action(
      action(async (services, { district, to }: { district: string; to: string }) => {
        const scope = await operatorScopeOf(services, "district", district);
        const file = resolve(to);
        const stream = createWriteStream(file, { flags: "wx", mode: 0o600 });
        let entries = 0;
        await exportAudit(services, scope, AuditFilter.parse({}), async (rows) => {
          entries += rows.length;
          await new Promise<void>((done, failed) => {
            stream.once("error", failed);
            stream.write(rows.map((row) => auditLine(district, row)).join(""), () => done());
          });
        });
        await new Promise<void>((done, failed) => stream.once("error", failed).end(done));
        return { json: { file, entries }, lines: [`${entries} entries are in ${file}.`] };
      }),
    );
  audit
    .command("views")
    .option("--person <id>", "whose data was seen")
    .option("--district <id>", "the district's id; left out where there is one district, or a person is named")
    .option("--actor <who>", "an account's or program's id, or operator or program")
    .option("--from <day>", "from this day on, where the district is")
    .option("--to <day>", "up to this day")
    .description("who was shown whose data, where the district records it: a line for each person of each view, oldest first")
    .action(
      action(async (services, { person, district, ...given }: ViewsOptions) => {
        const scope =
          person === undefined || district !== undefined
            ? await districtMeant(services, district)
            : await operatorScopeOf(services, "account", person);
        const filter = ViewFilter.parse({ person, ...given });
        for (const [option, value] of Object.entries({ person, ...given }))
          if (value !== undefined && filter[option as keyof ViewsOptions & keyof ViewFilter] === undefined)
            throw new CommandError("usage", `--${option} cannot be read: ids are those that Aivo prints, days are like 2026-11-30`);
        return listing<SeenRow>({
          json: { districtId: scope.districtId },
          name: "views",
          header: ["time", "who", "where", "person"],
          cells: (row) => [row.at, viewerOf(row), placeOf(row), row.everyone ? "everybody" : row.personId],
          empty: "Nothing is recorded.",
          each: (write) => exportViews(services, scope, filter, write),
        });
      }),
    );
  return audit;
}

interface ViewsOptions {
  readonly person?: string;
  readonly district?: string;
  readonly actor?: string;
  readonly from?: string;
  readonly to?: string;
}

/** @throws CommandError `invalid` */
function keysOf({ env }: Services, given: readonly string[]) {
  const own = env.audit.anchors.key === null ? [] : [publicKeyOf(anchorKeyOf(env.audit.anchors.key))];
  if (own.length + given.length === 0)
    throw new CommandError(
      "precondition",
      "Name the public key that anchors were signed with: --anchor-key. `audit anchor-key` prints it where they are made.",
    );
  try {
    return new Map([...own, ...given].map(verifierOf).map(({ id, key }) => [id, key]));
  } catch (error) {
    throw new CommandError("invalid", error instanceof Error ? error.message : "That is no public key");
  }
}

function chainLines(districts: readonly VerifiedLog[]): readonly string[] {
  const rows = districts.map(({ districtId, name, entries, brokenAt }) => [
    districtId,
    name,
    entries,
    brokenAt === null ? "whole" : `broken at entry ${brokenAt}`,
  ]);
  return table(["district", "name", "entries", "chain"], rows);
}

function anchorLines({ districts, anchors, forged, ofUnknownKeys, unreadable }: AnchorVerification): readonly string[] {
  const rows = districts.map((one) => [one.districtId, one.name ?? "", one.anchors, one.anchoredSeq, one.anchoredAt, wordsOf(one)]);
  return [
    ...table(["district", "name", "anchors", "up to entry", "at", "the log since"], rows),
    ...(anchors === 0 ? ["No anchor was found there."] : []),
    ...(forged > 0 ? [`${forged} anchors have a signature that is not right: they were changed, or are not ours.`] : []),
    ...(ofUnknownKeys > 0 ? [`${ofUnknownKeys} anchors were signed with another key. Name its public key: --anchor-key.`] : []),
    ...(unreadable > 0
      ? [`${unreadable} lines cannot be read as anchors; one at the end of a file may be what a worker that died has left.`]
      : []),
  ];
}

function wordsOf({ state, gone, exchangedAt }: AnchoredDistrict): string {
  if (state === "exchanged") return `entry ${exchangedAt} is another one than was anchored${gone ? `; ${goneWords(gone)}` : ""}`;
  if (state === "cut-off" && gone) return goneWords(gone);
  if (state === "vanished") return "the district and its log are gone, and no deletion is noted";
  return state === "deleted" ? "deleted with its district" : "whole";
}

const goneWords = ({ from, to }: { readonly from: number; readonly to: number }) =>
  from === to ? `entry ${to}, its last, is gone` : `entries ${from} to ${to}, its last, are gone`;
