import { z } from "zod";
import { listOf, operation, page, paged } from "#app/api/v1/operation.ts";
import { Delivery, MadeWebhook, Webhook, WebhookSecret } from "#app/api/v1/schemas.ts";
import { incidentKinds } from "#lib/roster/notices/kinds.ts";
import { listWebhooks } from "#lib/services/webhooks/read.ts";
import { addWebhook, removeWebhook, rotateWebhookSecret, setWebhookKinds, testWebhook } from "#lib/services/webhooks/write.ts";

const tag = "Webhooks";
const one = "/webhooks/{webhook}";
const kinds = z.array(z.enum(incidentKinds)).nullable().meta({ description: "What it is told; null: everything" });

export const webhookOperations = [
  operation({
    id: "listWebhooks",
    method: "GET",
    path: "/webhooks",
    tag,
    summary: "List webhooks",
    scope: "read:webhooks",
    query: z.strictObject(paged),
    answer: listOf(Webhook),
    run: ({ services, scope, query }) =>
      // A district has five at most.
      page(
        "webhooks",
        "id",
        query,
        async (after, limit) => {
          const all = [...(await listWebhooks(services, scope))].sort((a, b) => (a.id < b.id ? -1 : 1));
          return all.filter(({ id }) => after === null || id > after).slice(0, limit);
        },
        (row) => row.id,
      ),
  }),
  operation({
    id: "addWebhook",
    method: "POST",
    path: "/webhooks",
    tag,
    summary: "Add a webhook; its secret is shown only now",
    scope: "write:webhooks",
    body: z.strictObject({ url: z.string(), kinds: kinds.optional() }).meta({ id: "NewWebhook" }),
    status: 201,
    answer: MadeWebhook,
    run: ({ services, scope, body }) => addWebhook(services, scope, body),
  }),
  operation({
    id: "changeWebhook",
    method: "PATCH",
    path: one,
    tag,
    summary: "Choose what a webhook is told",
    scope: "write:webhooks",
    body: z.strictObject({ kinds }).meta({ id: "WebhookChange" }),
    answer: null,
    run: ({ services, scope, param, body }) => setWebhookKinds(services, scope, param("webhook"), body.kinds),
  }),
  operation({
    id: "removeWebhook",
    method: "DELETE",
    path: one,
    tag,
    summary: "Tell it nothing any more",
    scope: "write:webhooks",
    answer: null,
    run: ({ services, scope, param }) => removeWebhook(services, scope, param("webhook")),
  }),
  operation({
    id: "rotateWebhookSecret",
    method: "POST",
    path: `${one}/rotate`,
    tag,
    summary: "Make a new secret",
    description: "The one before signs as well for 24 hours.",
    scope: "write:webhooks",
    answer: WebhookSecret,
    run: ({ services, scope, param }) => rotateWebhookSecret(services, scope, param("webhook")),
  }),
  operation({
    id: "testWebhook",
    method: "POST",
    path: `${one}/test`,
    tag,
    summary: "Send a test",
    scope: "write:webhooks",
    status: 202,
    answer: Delivery,
    run: ({ services, scope, param }) => testWebhook(services, scope, param("webhook")),
  }),
];
