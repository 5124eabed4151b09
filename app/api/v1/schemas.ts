import { z } from "zod";
import { providerIds } from "#lib/engine/sis/providers.ts";
import { entities } from "#lib/roster/canonical.ts";
import { incidentKinds } from "#lib/roster/notices/kinds.ts";
import { integrationHealths } from "#lib/services/integrations/schema.ts";
import { changeActions, issueStates } from "#lib/services/runs/filters-schema.ts";
import type { RunState } from "#lib/services/runs/schema.ts";

/** What goes over the wire of /api/v1: a promise, apart from what the pages happen to show. What is not named here is not sent. */

const at = z.iso.datetime();
const id = z.uuid();
const text = z.string();

const runStates = [
  "queued",
  "running",
  "applying",
  "succeeded",
  "failed",
  "held",
  "previewed",
  "cancelled",
  "discarded",
] as const satisfies readonly RunState[];

const Counts = z.object({
  created: z.int(),
  updated: z.int(),
  deactivated: z.int(),
  reactivated: z.int(),
  linked: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
});
const Totals = z.object(Object.fromEntries(entities.map((entity) => [entity, Counts])) as Record<(typeof entities)[number], typeof Counts>);

const Failure = z.object({ code: text, step: text, message: text, remedy: text, transient: z.boolean() });

export const Run = z
  .object({
    id,
    integrationId: id,
    number: z.int().meta({ description: "Counted from 1 in its integration" }),
    kind: z.enum(["sync", "preview", "approval", "undo"]),
    forOnePerson: z.boolean(),
    trigger: z.enum(["manual", "schedule", "command-line", "api"]),
    state: z.enum(runStates),
    queuedAt: at,
    startedAt: at.nullable(),
    finishedAt: at.nullable(),
    totals: Totals.nullable(),
    failure: Failure.nullable(),
    heldBecause: z.array(text).nullable(),
    issueCount: z.int(),
    issuesOpened: z.int(),
    issuesResolved: z.int(),
    withheldCount: z.int(),
    changeCount: z.int(),
    attempt: z.int(),
    retryOf: id.nullable(),
  })
  .meta({ id: "Run" });

export const RunStarted = z.object({ runId: id }).meta({ id: "RunStarted" });

export const Issue = z
  .object({
    seq: z.int(),
    code: text,
    title: text,
    severity: z.enum(["error", "warning", "notice"]),
    state: z.enum(issueStates),
    collection: text,
    externalId: text.nullable().meta({ description: "The id that the SIS has for the record" }),
    sourcePart: text,
    sourcePosition: z.int(),
    field: text.nullable(),
    value: text.nullable(),
    kept: text.meta({ description: "What became of the record" }),
    subject: text.nullable(),
    records: z.array(z.object({ kind: text, id, label: text, status: z.enum(["active", "deactivated"]) })),
  })
  .meta({ id: "Issue" });

export const Cause = z
  .object({
    code: text,
    title: text,
    severity: z.enum(["error", "warning", "notice"]),
    rule: text,
    remedy: text,
    count: z.int(),
    opened: z.int().meta({ description: "How many of them this sync opened" }),
  })
  .meta({ id: "Cause" });

export const AcknowledgedCause = z
  .object({ code: text, reason: text, since: text.meta({ description: "When it was said" }) })
  .meta({ id: "AcknowledgedCause" });

export const Change = z
  .object({
    seq: z.int(),
    entity: z.enum(entities),
    action: z.enum(changeActions),
    recordId: id,
    label: text,
    externalId: text.nullable(),
    reason: text,
    fields: z.array(z.object({ field: text, before: text.nullable(), after: text.nullable() })),
  })
  .meta({ id: "Change" });

const summary = {
  id,
  name: text,
  provider: z.enum(providerIds),
  state: z.enum(["active", "paused", "removed"]),
  health: z.enum(integrationHealths),
  schedule: text.nullable(),
  nextRunAt: at.nullable(),
  heldRunId: id.nullable().meta({ description: "A sync that waits for somebody's decision" }),
  lastRunId: id.nullable(),
  lastSuccessAt: at.nullable(),
};

export const IntegrationItem = z.object(summary).meta({ id: "IntegrationItem" });

export const Integration = z
  .object({
    ...summary,
    config: z.record(text, z.unknown()).meta({ description: "The credentials' fields that are no secret" }),
    secretsSet: z.array(text).meta({ description: "Which secrets are stored; they are never told" }),
    safety: z.record(text, z.union([z.number(), z.boolean()])),
    createdAt: at,
    updatedAt: at,
  })
  .meta({ id: "Integration" });

export const CheckStep = z.object({
  id: text,
  name: text,
  state: z.enum(["running", "passed", "failed", "warning", "skipped"]),
  evidence: z.array(text),
  cause: text.optional(),
  remedy: text.optional(),
  hostKeyFingerprint: text.optional(),
});
export const Checked = z.object({ passed: z.boolean(), steps: z.array(CheckStep) }).meta({ id: "Checked" });

export const Made = z.object({ id }).meta({ id: "Made" });

const kinds = z.array(z.enum(incidentKinds)).nullable().meta({ description: "What it is told; null: everything" });
export const Webhook = z
  .object({ id, url: text, kinds, failingSince: at.nullable(), previousUntil: at.nullable(), createdAt: at })
  .meta({ id: "Webhook" });
export const WebhookSecret = z.object({ secret: text.meta({ description: "Shown only now" }) }).meta({ id: "WebhookSecret" });
export const MadeWebhook = z.object({ id, secret: text.meta({ description: "Shown only now" }) }).meta({ id: "MadeWebhook" });
export const Delivery = z.object({ deliveryId: id }).meta({ id: "Delivery" });
