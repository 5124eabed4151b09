import { z } from "zod";
import { listOf, operation, page, paged } from "#app/api/v1/operation.ts";
import { Checked, Integration, IntegrationItem, Made } from "#app/api/v1/schemas.ts";
import { providerIds } from "#lib/engine/sis/providers.ts";
import type { CheckStep } from "#lib/engine/sis/source.ts";
import { assertKnownFields, credentialsFromFields } from "#lib/services/integrations/credentials.ts";
import { getIntegration, listIntegrations } from "#lib/services/integrations/read.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import { testConnection } from "#lib/services/integrations/test-connection.ts";
import {
  addIntegration,
  pauseIntegration,
  removeIntegration,
  renameIntegration,
  resumeIntegration,
  setFullReadDays,
  setSafety,
  setSchedule,
  updateCredentials,
} from "#lib/services/integrations/write.ts";

const tag = "Integrations";
const one = "/integrations/{integration}";
const testSeconds = 120;

const Credentials = z
  .record(z.string(), z.unknown())
  .meta({ description: "The fields of the provider's form, as the guide of the provider names them. Secrets are never told again." });
const Schedule = z
  .string()
  .nullable()
  .meta({ description: "Cron, in the district's time zone; null: by hand only", examples: ["0 2 * * *"] });
const Safety = z.record(z.string(), z.union([z.number(), z.boolean()])).meta({ description: "Limits; what is left out keeps its value" });

const NewIntegration = z
  .strictObject({
    name: z.string(),
    provider: z.enum(providerIds),
    credentials: Credentials,
    schedule: Schedule.optional(),
    safety: Safety.optional(),
  })
  .meta({ id: "NewIntegration" });

const IntegrationChange = z
  .strictObject({
    name: z.string().optional(),
    schedule: Schedule.optional(),
    credentials: Credentials.optional(),
    safety: Safety.optional(),
    fullReadDays: z.int().optional().meta({ description: "Days between two reads of everything; 0: every sync" }),
  })
  .refine((change) => Object.keys(change).length === 1, "Change one thing at a time, so that it happens or does not")
  .meta({ id: "IntegrationChange", override: { minProperties: 1, maxProperties: 1 } });

const itemOf = ({ lastRun, lastSuccess, ...summary }: IntegrationSummary) => ({
  ...summary,
  lastRunId: lastRun?.id ?? null,
  lastSuccessAt: lastSuccess?.finishedAt ?? null,
});

export const integrationOperations = [
  operation({
    id: "listIntegrations",
    method: "GET",
    path: "/integrations",
    tag,
    summary: "List integrations and how they are",
    scope: "read:integrations",
    query: z.strictObject(paged),
    answer: listOf(IntegrationItem),
    run: ({ services, scope, query }) =>
      // A district has a handful.
      page(
        "integrations",
        "id",
        query,
        async (after, limit) => {
          const all = (await listIntegrations(services, scope)).map(itemOf).sort((a, b) => (a.id < b.id ? -1 : 1));
          return all.filter(({ id }) => after === null || id > after).slice(0, limit);
        },
        (row) => row.id,
      ),
  }),
  operation({
    id: "addIntegration",
    method: "POST",
    path: "/integrations",
    tag,
    summary: "Add an integration",
    description: "Nothing is synced until its schedule or somebody asks for it. Test the connection first.",
    scope: "write:integrations",
    body: NewIntegration,
    status: 201,
    answer: Made,
    location: ({ id }) => `/integrations/${id}`,
    run: ({ services, scope, body: { credentials, ...rest } }) => {
      assertKnownFields(rest.provider, credentials);
      return addIntegration(services, scope, { ...rest, credentials: credentialsFromFields(rest.provider, credentials) });
    },
  }),
  operation({
    id: "getIntegration",
    method: "GET",
    path: one,
    tag,
    summary: "One integration, without its secrets",
    scope: "read:integrations",
    answer: Integration,
    run: async ({ services, scope, param }) => {
      const detail = await getIntegration(services, scope, param("integration"));
      return { ...itemOf(detail), ...detail };
    },
  }),
  operation({
    id: "changeIntegration",
    method: "PATCH",
    path: one,
    tag,
    summary: "Change one thing of an integration",
    description:
      "Name, schedule, limits, how often everything is read, or credentials. A secret that is left out stays; whoever changes where secrets are sent enters them again.",
    scope: "write:integrations",
    body: IntegrationChange,
    answer: null,
    run: async ({ services, scope, param, body }) => {
      const id = param("integration");
      if (body.name !== undefined) await renameIntegration(services, scope, id, body.name);
      if (body.schedule !== undefined) await setSchedule(services, scope, id, body.schedule);
      if (body.safety !== undefined) await setSafety(services, scope, id, body.safety);
      if (body.fullReadDays !== undefined) await setFullReadDays(services, scope, id, body.fullReadDays);
      if (body.credentials !== undefined) {
        const { provider } = await getIntegration(services, scope, id);
        assertKnownFields(provider, body.credentials);
        await updateCredentials(services, scope, id, body.credentials);
      }
    },
  }),
  operation({
    id: "removeIntegration",
    method: "DELETE",
    path: one,
    tag,
    summary: "Disconnect an integration and leave its people as they are",
    description: "Its secrets are erased; roster and history stay. Deactivating its people is a decision for the portal.",
    scope: "write:integrations",
    answer: null,
    run: ({ services, scope, param }) => removeIntegration(services, scope, param("integration"), "through the API"),
  }),
  operation({
    id: "pauseIntegration",
    method: "POST",
    path: `${one}/pause`,
    tag,
    summary: "Stop its schedule and refuse new syncs",
    scope: "write:integrations",
    answer: null,
    run: ({ services, scope, param }) => pauseIntegration(services, scope, param("integration")),
  }),
  operation({
    id: "resumeIntegration",
    method: "POST",
    path: `${one}/resume`,
    tag,
    summary: "Take it up again",
    scope: "write:integrations",
    answer: null,
    run: ({ services, scope, param }) => resumeIntegration(services, scope, param("integration")),
  }),
  operation({
    id: "testIntegration",
    method: "POST",
    path: `${one}/test`,
    tag,
    summary: "Test the connection",
    description: `Changes nothing in the SIS or the roster. Takes up to ${testSeconds} seconds.`,
    scope: "write:integrations",
    answer: Checked,
    run: async ({ services, scope, param, signal }) => {
      const integrationId = param("integration");
      const limit = AbortSignal.any([signal, AbortSignal.timeout(testSeconds * 1000)]);
      const steps = new Map<string, CheckStep>();
      for await (const step of testConnection(services, scope, { integrationId }, limit)) steps.set(step.id, step);
      const all = [...steps.values()];
      return { passed: all.every(({ state }) => state !== "failed"), steps: all };
    },
  }),
];
