"use server";
import { z } from "zod";
import { adminAction } from "#app/admin-action.ts";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { Outcome } from "#components/runs/start-run.tsx";
import { providerIds } from "#lib/engine/sis/providers.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { formatDay } from "#lib/platform/format/date-time.ts";
import type { Capability } from "#lib/platform/roles.ts";
import { addBlackout, removeBlackout } from "#lib/services/blackouts/write.ts";
import { changeVersion } from "#lib/services/integrations/change-version.ts";
import { disconnectIntegration } from "#lib/services/integrations/disconnect.ts";
import { setReadingRules } from "#lib/services/integrations/reading-rules.ts";
import { sampleCredentials } from "#lib/services/integrations/samples.ts";
import {
  addIntegration,
  pauseIntegration,
  renameIntegration,
  resumeIntegration,
  setFullReadDays,
  setSafety,
  setSchedule,
  updateCredentials,
} from "#lib/services/integrations/write.ts";
import { type RequestedRun, requestRun } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";

const Id = z.string();
const Edits = z.record(z.string(), z.union([z.string(), z.null(), z.record(z.string(), z.string())]));
const SafetyInput = z.record(z.string(), z.string());

/** Every integration's pages show what is new. */
function act<May extends Capability, T>(
  capability: May,
  work: (services: Services, scope: DistrictScope<May>) => Promise<T>,
): Promise<ActionResult<T>> {
  return adminAction(capability, "/integrations", work);
}

/** For the actions that answer with nothing but done. */
function quietly(work: (services: Services, scope: DistrictScope<"change-integrations">) => Promise<void>): Promise<ActionResult> {
  return act("change-integrations", async (opened, scope) => {
    await work(opened, scope);
    return null;
  });
}

function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (!result.success) throw new ServiceError("invalid", "The request could not be read.");
  return result.data;
}

export async function saveNew(input: unknown): Promise<ActionResult<{ href: string }>> {
  return act("change-integrations", async (opened, scope) => ({
    href: paths.integration((await addIntegration(opened, scope, input)).id),
  }));
}

/** The sandbox's credentials for a provider's form, where a sandbox runs. */
export async function fillSample(provider: string): Promise<ActionResult<Readonly<Record<string, string>>>> {
  return actionResult(async () => {
    const scope = await adminScope("change-integrations");
    return sampleCredentials(await services(), scope, parsed(z.enum(providerIds), provider));
  });
}

/** Run Sync Now and Preview changes: answers with the page of the run, also of the one that is running already. */
export async function startRun(
  integrationId: string,
  kind: "sync" | "preview",
  duringBlackout = false,
  fromMemory = false,
): Promise<Outcome> {
  const result = await act("run-syncs", (opened, scope) =>
    requestRun(opened, scope, parsed(Id, integrationId), {
      trigger: "manual",
      kind: parsed(z.enum(["sync", "preview"]), kind),
      duringBlackout: duringBlackout === true,
      fromMemory: fromMemory === true,
    }),
  );
  return startedRun(integrationId, result);
}

/** *Change version*: answers with the page of the preview. */
export async function startVersionChange(integrationId: string, to: string): Promise<Outcome> {
  const result = await act("change-integrations", (opened, scope) =>
    changeVersion(opened, scope, parsed(Id, integrationId), { to: parsed(z.string(), to) }),
  );
  return startedRun(integrationId, result);
}

function startedRun(integrationId: string, result: ActionResult<RequestedRun>): Outcome {
  if (!result.ok) return { ok: false, message: result.message, href: null };
  const answer = result.data;
  if (answer.ok) return { ok: true, href: paths.run(integrationId, answer.runId) };
  if (answer.reason === "paused") return { ok: false, message: "The integration is paused. Resume it to run a sync.", href: null };
  if (answer.reason === "blackout") {
    const { firstDay, lastDay, note } = answer.blackout;
    const asks = `Today lies in the blackout from ${formatDay(firstDay)} to ${formatDay(lastDay)}: ${note.replace(/[.!]$/, "")}. Scheduled syncs wait until it is over. This one reads the SIS and changes the roster now.`;
    return { ok: false, message: "Today lies in a blackout.", href: null, asks };
  }
  return { ok: false, message: "A sync is already running. This is its page.", href: paths.run(integrationId, answer.runId) };
}

/** Name and credentials of the edit page, in one go. A secret left blank stays, and so does what is not given. */
export async function saveConnection(id: string, name: string | null, edits: unknown): Promise<ActionResult> {
  return quietly(async (opened, scope) => {
    await updateCredentials(opened, scope, parsed(Id, id), parsed(Edits, edits));
    if (name !== null) await renameIntegration(opened, scope, id, parsed(Id, name));
  });
}

export async function saveSchedule(id: string, cron: string | null): Promise<ActionResult> {
  return quietly((opened, scope) => setSchedule(opened, scope, parsed(Id, id), parsed(z.union([z.string(), z.null()]), cron)));
}

export async function saveSafety(id: string, safety: unknown): Promise<ActionResult> {
  return quietly((opened, scope) => setSafety(opened, scope, parsed(Id, id), parsed(SafetyInput, safety)));
}

export async function saveFullReadDays(id: string, days: string): Promise<ActionResult> {
  return quietly((opened, scope) => setFullReadDays(opened, scope, parsed(Id, id), parsed(z.string(), days)));
}

export async function saveReadingRules(id: string, rules: unknown): Promise<ActionResult> {
  return quietly(async (opened, scope) => void (await setReadingRules(opened, scope, parsed(Id, id), rules)));
}

export async function saveBlackout(id: string, input: unknown): Promise<ActionResult> {
  return quietly(async (opened, scope) => void (await addBlackout(opened, scope, parsed(Id, id), input)));
}

export async function endBlackout(blackoutId: string): Promise<ActionResult> {
  return quietly((opened, scope) => removeBlackout(opened, scope, parsed(Id, blackoutId)));
}

export async function pause(id: string): Promise<ActionResult> {
  return quietly((opened, scope) => pauseIntegration(opened, scope, parsed(Id, id)));
}

export async function resume(id: string): Promise<ActionResult> {
  return quietly((opened, scope) => resumeIntegration(opened, scope, parsed(Id, id)));
}

/** Disconnects: answers with where to go, which is the preview where people are to be deactivated. */
export async function disconnect(id: string, input: unknown): Promise<ActionResult<{ href: string }>> {
  return act("change-integrations", async (opened, scope) => {
    const done = await disconnectIntegration(opened, scope, parsed(Id, id), input, { isPreview: true });
    if (!done.ok)
      throw new ServiceError("conflict", "A sync is running or queued. Cancel it, or wait until it has finished, then disconnect.");
    return { href: done.runId === null ? paths.integrations() : paths.run(id, done.runId) };
  });
}
