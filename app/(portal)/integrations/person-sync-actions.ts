"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { actionWords, entityWords, headlineOf } from "#components/runs/run-words.ts";
import type { PersonOutcome, StartedPerson, UnderWay } from "#components/runs/sync-person.tsx";
import { formatDay } from "#lib/platform/format/date-time.ts";
import { listChanges } from "#lib/services/runs/changes.ts";
import { getRun } from "#lib/services/runs/read.ts";
import type { ChangeRow, RunDetail } from "#lib/services/runs/schema.ts";
import { requestPersonSync } from "#lib/services/runs/sync-person.ts";
import { show } from "#lib/services/views/record.ts";

/** Sync this person now: by the person's id in the SIS, or in Aivo. */
export async function startPersonSync(integrationId: string, person: string, duringBlackout = false): Promise<StartedPerson> {
  const result = await actionResult(async () => {
    const scope = await adminScope("run-syncs", "read-syncs");
    return requestPersonSync(await services(), scope, String(integrationId), String(person), {
      trigger: "manual",
      duringBlackout: duringBlackout === true,
    });
  });
  if (!result.ok) return { ok: false, message: result.message, href: null };
  const answer = result.data;
  if (answer.ok) return { ok: true, ...underWay(integrationId, answer.runId) };
  if (answer.reason === "paused") return { ok: false, message: "The integration is paused. Resume it, then sync the person.", href: null };
  if (answer.reason === "blackout") {
    const { firstDay, lastDay, note } = answer.blackout;
    const asks = `Today lies in the blackout from ${formatDay(firstDay)} to ${formatDay(lastDay)}: ${note.replace(/[.!]$/, "")}. Scheduled syncs wait until it is over. This one reads one person and changes the roster now.`;
    return { ok: false, message: "Today lies in a blackout.", href: null, asks };
  }
  const message = "Another sync of this integration is running. Sync the person when it has ended.";
  return { ok: false, message, href: paths.run(integrationId, answer.runId) };
}

function underWay(integrationId: string, runId: string): UnderWay {
  return { runId, url: paths.api.run(runId), href: paths.run(integrationId, runId) };
}

const shown = 10;

/** What came of a sync of one person that has ended. */
export async function lookAtPersonSync(runId: string): Promise<PersonOutcome> {
  const result = await actionResult(async () => {
    const scope = await adminScope("run-syncs", "read-syncs");
    const opened = await services();
    const run = await getRun(opened, scope, String(runId));
    const { rows, total } = await listChanges(opened, scope, run.id, { page: 1 });
    return show(opened, scope, { door: "lookAtPersonSync", subject: run.id }, { run, rows, total });
  });
  if (!result.ok) return { tone: "bad", title: result.message, text: null, changes: [], notes: [], href: "", next: null };
  const { run, rows, total } = result.data;
  revalidatePath("/roster", "layout");
  const more = total > shown ? [`and ${total - shown} more`] : [];
  return {
    ...verdictOf(run),
    changes: [...rows.slice(0, shown).map(inWords), ...more],
    // The first says what everybody knows here: that it was one person.
    notes: run.state === "succeeded" ? (run.input?.notes.slice(1) ?? []) : [],
    href: paths.run(run.integrationId, run.id),
    next: run.retriedAs === null ? null : underWay(run.integrationId, run.retriedAs),
  };
}

function verdictOf(run: RunDetail): Pick<PersonOutcome, "tone" | "title" | "text"> {
  if (run.state === "failed" && run.failure) return { tone: "bad", title: run.failure.message, text: run.failure.remedy };
  if (run.state === "held") return { tone: "warn", title: "Held for review", text: headlineOf(run) };
  if (run.state === "succeeded" && run.changeCount > 0) return { tone: "good", title: "Synced", text: headlineOf(run) };
  return { tone: "neutral", title: run.state === "succeeded" ? "Nothing to change" : "Nothing was changed", text: headlineOf(run) };
}

/** "Learner Ann Lee, updated: Email a@x.example → b@x.example" */
function inWords({ entity, action, label, fields }: ChangeRow): string {
  const what = `${entityWords[entity].one.replace(/^./, (letter) => letter.toUpperCase())} ${label}, ${actionWords[action].label.toLowerCase()}`;
  if (action === "created" || fields.length === 0) return what;
  return `${what}: ${fields.map(({ field, before, after }) => `${field} ${before ?? "blank"} → ${after ?? "blank"}`).join("; ")}`;
}
