"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { WithheldAnswer, WithheldRequest } from "#components/withheld/decide-withheld.tsx";
import { approveWithheld, askAgain, refuseWithheld } from "#lib/services/withheld/decide.ts";
import { hashOfMarks } from "#lib/services/withheld/view.ts";

/** Approves what was shown and goes to the run that applies it. */
export async function approve(id: string, request: WithheldRequest): Promise<WithheldAnswer> {
  const result = await actionResult(async () =>
    approveWithheld(await services(), await adminScope("decide"), String(id), decisionOf(request)),
  );
  if (!result.ok) return { message: firstOf(result), href: null };
  revalidatePath("/", "layout");
  const { data } = result;
  if (data.ok) return { message: null, href: paths.run(String(id), data.runId) };
  return data.reason === "paused"
    ? { message: "The integration is paused. Resume it, then approve.", href: null }
    : { message: "A sync of this integration is running. Look again when it has ended, and approve then.", href: null };
}

export async function refuse(id: string, request: WithheldRequest): Promise<WithheldAnswer> {
  return noted(async () => refuseWithheld(await services(), await adminScope("decide"), String(id), decisionOf(request)));
}

export async function ask(id: string, request: WithheldRequest): Promise<WithheldAnswer> {
  return noted(async () => askAgain(await services(), await adminScope("decide"), String(id), decisionOf(request)));
}

async function noted(work: () => Promise<number>): Promise<WithheldAnswer> {
  const result = await actionResult(work);
  if (!result.ok) return { message: firstOf(result), href: null };
  revalidatePath("/", "layout");
  return { message: null, href: null };
}

/** Of rows that were ticked the hash is that of their marks; of a whole list it came with it. */
function decisionOf({ filter, rows, hash, reason }: WithheldRequest) {
  return rows === null
    ? { ...filter, hash, reason }
    : { state: filter.state, rows: rows.map(({ row }) => row), hash: hashOfMarks(rows.map(({ mark }) => mark)), reason };
}

function firstOf({ message, fields }: { readonly message: string; readonly fields: Readonly<Record<string, string>> }): string {
  return Object.values(fields)[0] ?? message;
}
