import { z } from "zod";
import { operation } from "#app/api/v1/operation.ts";
import { Problem } from "#app/api/v1/problems.ts";
import { AcknowledgedCause } from "#app/api/v1/schemas.ts";
import { listAcknowledged } from "#lib/services/issues-acknowledged/read.ts";
import { Acknowledgement, CauseCode } from "#lib/services/issues-acknowledged/schema.ts";
import { acknowledgeIssues, releaseIssues } from "#lib/services/issues-acknowledged/write.ts";

const tag = "Syncs";
const all = "/integrations/{integration}/causes";

/** @throws Problem `not-found` */
function causeOf(code: string): string {
  const cause = CauseCode.safeParse(code);
  if (!cause.success) throw new Problem("not-found", "There is no such cause.");
  return cause.data;
}

export const causeOperations = [
  operation({
    id: "listAcknowledgedCauses",
    method: "GET",
    path: all,
    tag,
    summary: "Causes of issues of which somebody has said that they are known",
    scope: "read:runs",
    answer: z.object({ data: z.array(AcknowledgedCause) }),
    run: async ({ services, scope, param }) => ({ data: await listAcknowledged(services, scope, param("integration")) }),
  }),
  operation({
    id: "acknowledgeCause",
    method: "POST",
    path: `${all}/{cause}/acknowledge`,
    tag,
    summary: "Say that a cause is known",
    description: "A cause by its code, as causes and issues name it. It ends with its last open issue.",
    scope: "write:runs",
    body: z
      .strictObject({ reason: Acknowledgement.shape.reason.meta({ description: "What is being done, for others to read" }) })
      .meta({ id: "CauseAcknowledgement" }),
    answer: null,
    run: ({ services, scope, param, body: { reason } }) =>
      acknowledgeIssues(services, scope, param("integration"), { code: causeOf(param("cause")), reason }),
  }),
  operation({
    id: "releaseCause",
    method: "POST",
    path: `${all}/{cause}/release`,
    tag,
    summary: "Release a cause: it asks for somebody again",
    scope: "write:runs",
    answer: null,
    run: ({ services, scope, param }) => releaseIssues(services, scope, param("integration"), causeOf(param("cause"))),
  }),
];
