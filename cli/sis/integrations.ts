import { Command } from "commander";
import type { CheckStep } from "#lib/engine/sis/source.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listDistricts } from "#lib/services/districts/read.ts";
import { credentialFields, credentialsFromFields, parseCredentials } from "#lib/services/integrations/credentials.ts";
import { getIntegration, listIntegrations } from "#lib/services/integrations/read.ts";
import { NewIntegration, type Suspended } from "#lib/services/integrations/schema.ts";
import { type TestTarget, testConnection } from "#lib/services/integrations/test-connection.ts";
import { addIntegration, pauseIntegration, pinHostKey, resumeIntegration } from "#lib/services/integrations/write.ts";
import type { Services } from "#lib/services/services.ts";
import { blackoutCommand } from "./blackouts.ts";
import { addChangeVersion } from "./change-version.ts";
import { action } from "./context.ts";
import { addRemove } from "./disconnect.ts";
import { readText } from "./input.ts";
import { orderCommand } from "./order.ts";
import { CommandError, table } from "./output.ts";
import { readingCommand } from "./reading.ts";

export function integrationCommand(): Command {
  const integration = new Command("integration").description("connections to student information systems");
  integration
    .command("add")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--from <file>", "JSON: { name, provider, credentials, schedule?, safety? }; - reads standard input")
    .option("--trust-host-key", "pin the host key that the SFTP server shows now, unless another is confirmed")
    .description("add an integration; prints its id")
    .action(
      action(async (services, options: { district: string; from: string; trustHostKey?: boolean }) => {
        const scope = await operatorScopeOf(services, "district", options.district);
        const given = await readInput(options.from);
        refuseUnknown(given, Object.keys(NewIntegration.shape), "The file");
        const input = parseOrRefuse(NewIntegration, given, "The integration is not complete.");
        refuseUnknown(input.credentials, credentialFields(input.provider), `credentials of ${input.provider}`);
        const entered = credentialsFromFields(input.provider, input.credentials);
        const { hostKeyFingerprint: confirmed } = parseCredentials(input.provider, entered);
        const hostKeyFingerprint = options.trustHostKey
          ? await meetHostKey(services, scope, { provider: input.provider, credentials: entered })
          : undefined;
        if (hostKeyFingerprint) refuseOtherKey(confirmed, hostKeyFingerprint);
        const credentials = { ...entered, ...(hostKeyFingerprint && { hostKeyFingerprint }) };
        const { id } = await addIntegration(services, scope, { ...input, credentials });
        return {
          json: { id, ...(hostKeyFingerprint && { hostKeyFingerprint }) },
          lines: [id, ...(hostKeyFingerprint ? [`Pinned the host key ${hostKeyFingerprint}`] : [])],
        };
      }),
    );
  integration.addCommand(orderCommand());
  integration
    .command("list")
    .option("--district <id>", "only this district; all of them otherwise")
    .description("list integrations and how they are")
    .action(
      action(async (services, { district }: { district?: string }) => {
        if (district !== undefined) await operatorScopeOf(services, "district", district);
        const wanted = (await listDistricts(services)).filter(({ id }) => district === undefined || id === district);
        const integrations = [];
        for (const { id: districtId, name } of wanted) {
          const listed = await listIntegrations(services, operatorScope(districtId));
          integrations.push(...listed.map((one) => ({ ...one, districtId, districtName: name })));
        }
        const rows = integrations.map((i) => [
          i.id,
          i.name,
          i.districtName,
          i.provider,
          i.health,
          i.lastRun?.finishedAt ?? null,
          i.nextRunAt,
        ]);
        return { json: integrations, lines: table(["id", "name", "district", "provider", "health", "last sync", "next sync"], rows) };
      }),
    );
  integration
    .command("show <integration>")
    .description("show one integration, without its secrets")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const detail = await getIntegration(services, await operatorScopeOf(services, "integration", id), id);
        const config = Object.entries(detail.config).map(([field, value]) => [
          field,
          typeof value === "string" ? value : JSON.stringify(value),
        ]);
        const rows = [
          ["integration", detail.id],
          ["name", detail.name],
          ["provider", detail.provider],
          ["OneRoster", detail.onerosterVersion],
          ["state", detail.state],
          ["health", detail.health],
          ["paused by", detail.pausedBy && `the undo of Sync ${detail.pausedBy.undoneNumber} (${detail.pausedBy.runId})`],
          ["paused because", detail.pausedBy?.reason ?? null],
          ...config,
          ["secrets set", detail.secretsSet.join(", ") || null],
          ["schedule", detail.scheduleInWords],
          ["slowed down", detail.slowed && `${detail.slowed.failuresInRow} scheduled syncs in a row failed`],
          ["next runs", detail.nextRuns.join(", ") || null],
          ["blackouts", detail.blackouts.map((one) => `${one.firstDay} to ${one.lastDay} (${one.note})`).join(", ") || null],
          ["held for review", detail.heldRunId],
          [
            "waits for a decision",
            detail.withheld && `${detail.withheld.count} records since ${detail.withheld.since}: withheld list ${detail.id}`,
          ],
          ["left, can still sign in", detail.suspended && String(detail.suspended.people)],
          ["gone, still in the roster", detail.suspended && suspendedWords(detail.suspended)],
          ["last sync", detail.lastRun ? `${detail.lastRun.state} (${detail.lastRun.id})` : null],
        ];
        return { json: detail, lines: table(["field", "value"], rows as (string | null)[][]) };
      }),
    );
  integration
    .command("test <integration>")
    .option("--trust-host-key", "pin the host key that the SFTP server shows now, unless another is confirmed")
    .description("test the connection, step by step; changes nothing in the SIS or the roster")
    .action(
      action(async (services, id: string, options: { trustHostKey?: boolean }) => {
        const scope = await operatorScopeOf(services, "integration", id);
        const pinned = options.trustHostKey ? await meetHostKey(services, scope, { integrationId: id }) : null;
        if (pinned !== null) refuseOtherKey((await getIntegration(services, scope, id)).config.hostKeyFingerprint, pinned);
        if (pinned !== null) await pinHostKey(services, scope, id, pinned);
        const steps = await lastOfEach(testConnection(services, scope, { integrationId: id }, AbortSignal.timeout(300_000)));
        const passed = steps.every((step) => step.state !== "failed");
        const lines = [...(pinned === null ? [] : [`Pinned the host key ${pinned}`]), ...steps.flatMap(stepLines)];
        return { json: { passed, steps, ...(pinned !== null && { hostKeyFingerprint: pinned }) }, lines, exitCode: passed ? 0 : 1 };
      }),
    );
  integration.addCommand(blackoutCommand());
  addChangeVersion(integration);
  integration.addCommand(readingCommand());
  addRemove(integration);
  const changes = { pause: pauseIntegration, resume: resumeIntegration } as const;
  const words = { pause: "stop its schedule and refuse new syncs", resume: "take it up again" } as const;
  for (const [name, change] of Object.entries(changes)) {
    integration
      .command(`${name} <integration>`)
      .description(words[name as keyof typeof words])
      .action(
        action(async (services, id: string, _options: unknown) => {
          await change(services, await operatorScopeOf(services, "integration", id), id);
          const state = { pause: "paused", resume: "active" }[name];
          return { json: { id, state }, lines: [`The integration is ${state}.`] };
        }),
      );
  }
  return integration;
}

function suspendedWords({ classrooms, memberships, others }: Suspended): string {
  return `${classrooms} classrooms, ${memberships} class memberships, ${others} schools, terms and courses: see issues of code withdrawals-suspended`;
}

/** A name that nobody reads is a mistake of typing: what it was meant for would silently be the default. */
function refuseUnknown(given: unknown, valid: readonly string[], where: string): void {
  if (typeof given !== "object" || given === null) return;
  const unknown = Object.keys(given).filter((name) => !valid.includes(name));
  if (unknown.length === 0) return;
  const names = unknown.map((name) => `“${name}”`).join(", ");
  throw new CommandError("file", `Aivo does not know ${names} in the file. ${where} can have: ${valid.join(", ")}.`);
}

/** A key that somebody confirmed is not replaced by the one that a server happens to show. */
function refuseOtherKey(confirmed: unknown, met: string): void {
  if (typeof confirmed !== "string" || confirmed === "" || confirmed === met) return;
  throw new CommandError(
    "host-key-changed",
    `The server shows the host key ${met}, but ${confirmed} was confirmed. Nothing was changed, nothing secret was sent. --trust-host-key takes a key where there is none yet; ask the server's operator which of the two is right, and enter that one as hostKeyFingerprint or confirm it under Test Connection.`,
  );
}

/** Connects just far enough to see the server's key. */
async function meetHostKey(services: Services, scope: DistrictScope, target: TestTarget): Promise<string> {
  const provider = "provider" in target ? target.provider : (await getIntegration(services, scope, target.integrationId)).provider;
  if (provider !== "oneroster-csv")
    throw new CommandError("usage", "--trust-host-key is for OneRoster CSV: only SFTP servers have a host key.");
  const stop = new AbortController();
  const edits =
    "provider" in target
      ? { ...target, credentials: { ...(target.credentials as object), hostKeyFingerprint: undefined } }
      : { ...target, edits: { hostKeyFingerprint: null } };
  let failed: CheckStep | undefined;
  for await (const step of testConnection(services, scope, edits, AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]))) {
    if (step.hostKeyFingerprint) return step.hostKeyFingerprint;
    if (step.state === "failed") failed ??= step;
  }
  throw new CommandError(
    "host-key-not-met",
    `The server's host key could not be seen. ${failed?.cause ?? ""} ${failed?.remedy ?? ""}`.trim(),
  );
}

/** Steps are told when they begin and when they end; this keeps how each ended. */
async function lastOfEach(steps: AsyncIterable<CheckStep>): Promise<CheckStep[]> {
  const last = new Map<string, CheckStep>();
  for await (const step of steps) last.set(step.id, step);
  return [...last.values()];
}

const marks: Record<CheckStep["state"], string> = { passed: "ok  ", failed: "FAIL", warning: "warn", skipped: "skip", running: "…   " };

function stepLines(step: CheckStep): string[] {
  const indented = [...step.evidence, step.cause, step.remedy && `→ ${step.remedy}`].flatMap((line) => (line ? [`      ${line}`] : []));
  return [`${marks[step.state]}  ${step.name}`, ...indented];
}

async function readInput(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // JSON.parse quotes the text, which holds a password.
    throw new CommandError("file", `${path} is not JSON.`);
  }
}
