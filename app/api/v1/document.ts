import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { apiRoot } from "./door.ts";
import { linesType, type Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { type ProblemType, problems } from "./problems.ts";

type Document = ReturnType<typeof createDocument>;

const ProblemBody = z
  .object({
    type: z.string().meta({ description: "Leads to its explanation" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    fields: z.record(z.string(), z.string()).optional().meta({ description: "By name what is wrong with it, or what is in the way" }),
  })
  .meta({ id: "Problem" });

/** The API as OpenAPI 3.1, made from the schemas by which requests and answers are judged. */
export function apiDocument(publicUrl: string): Document {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const one of operations) paths[one.path] = { ...paths[one.path], [one.method.toLowerCase()]: described(one) };
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Aivo SIS rostering sync",
      version: "1",
      description:
        "Tokens are made by an admin in Settings → API. What changes in version 1 is added; nothing is taken away or means something else.",
    },
    servers: [{ url: new URL(apiRoot, publicUrl).href }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "A token of the district's, aivo_…" } } },
    paths: paths as ZodOpenApiPathsObject,
  });
}

function described({
  id,
  path,
  tag,
  summary,
  description,
  scope,
  query,
  body,
  method,
  status,
  answer,
  asLines = false,
}: Operation): ZodOpenApiOperationObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const refusals: ProblemType[] = ["invalid-request", "unauthenticated", "forbidden", "too-many-requests", "internal"];
  if (names.length > 0) refusals.push("not-found");
  if (method !== "GET") refusals.push("conflict", "too-large");
  if (body !== null) refusals.push("unsupported-media-type");
  // Without a body, too: the key of another request.
  if (body !== null || method === "POST") refusals.push("invalid");
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, `Scope: ${scope}.`].filter(Boolean).join(" "),
    security: [{ token: [scope] }],
    requestParams: {
      ...(names.length > 0 && { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
      query: query as unknown as z.ZodObject,
      ...(method === "POST" && { header: z.object({ "Idempotency-Key": IdempotencyKey.optional() }) }),
    },
    ...(body !== null && { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: {
      [String(status)]: {
        description: answer === null ? "Done" : "As asked",
        ...(answer !== null && {
          content: { "application/json": { schema: answer }, ...(asLines && { [linesType]: { schema: z.string() } }) },
        }),
        ...(asLines && {
          headers: z.object({
            link: z.string().optional().meta({ description: 'Of JSON lines, where there is a page after: its address, rel="next"' }),
          }),
        }),
      },
      ...Object.fromEntries(
        Object.entries(Object.groupBy(refusals, (type) => String(problems[type].status))).map(([code, types = []]) => [
          code,
          {
            description: types.map((type) => problems[type].title).join(". "),
            content: { "application/problem+json": { schema: ProblemBody } },
          },
        ]),
      ),
    },
  };
}

const IdempotencyKey = z
  .string()
  .max(200)
  .meta({ description: "The same key and request again within 24 hours gets the same answer, and nothing is done twice" });
