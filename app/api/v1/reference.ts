import type { ReferenceField, ReferenceOperation } from "#components/api/reference.ts";

/** What the page shows of the document, which is read as any reader of it would. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly description?: string;
}
interface DocumentOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** The operations of an OpenAPI document, in its order, as the reference page lists them. */
export function referenceOf(document: object): readonly ReferenceOperation[] {
  const { paths, components, servers } = document as unknown as {
    paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
    components: { schemas: Readonly<Record<string, Schema>> };
    servers: readonly { url: string }[];
  };
  const resolve = (schema: Schema | undefined): Schema =>
    schema?.$ref === undefined ? (schema ?? {}) : (components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const fieldsOf = (schema: Schema | undefined): readonly ReferenceField[] => {
    const { properties = {}, required = [] } = resolve(schema);
    return Object.entries(properties).map(([name, field]) => ({
      name,
      type: typeOf(field, resolve),
      isRequired: required.includes(name),
      description: resolve(field).description ?? field.description ?? null,
    }));
  };
  const base = servers[0]?.url ?? "";
  return Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, one]): ReferenceOperation => {
      const [status = "200", answer = {}] = Object.entries(one.responses).find(([code]) => code.startsWith("2")) ?? [];
      const body = one.requestBody?.content?.["application/json"]?.schema;
      const verb = method.toUpperCase();
      return {
        id: one.operationId,
        tag: one.tags[0] ?? "",
        method: verb,
        path,
        summary: one.summary,
        description: one.description ?? null,
        scope: Object.values(one.security[0] ?? {})[0]?.[0] ?? "",
        parameters: (one.parameters ?? []).map(({ name, in: place, required = false, description, schema }) => ({
          name,
          type: `${place}, ${typeOf(schema ?? {}, resolve)}`,
          isRequired: required,
          description: description ?? null,
        })),
        body: fieldsOf(body),
        status,
        answer: fieldsOf(answer.content?.["application/json"]?.schema),
        refusals: Object.entries(one.responses).flatMap(([code, { description = "" }]) =>
          code.startsWith("2") ? [] : [{ status: code, description }],
        ),
        curl: curlOf(verb, base + path, fieldsOf(body)),
      };
    }),
  );
}

function typeOf(schema: Schema, resolve: (schema: Schema) => Schema): string {
  const { type, enum: values, anyOf, items, $ref } = schema;
  if ($ref !== undefined) return $ref.split("/").at(-1) ?? "object";
  if (anyOf) return anyOf.map((one) => typeOf(one, resolve)).join(" or ");
  if (values) return values.map(String).join(" | ");
  if (type === "array") return `list of ${typeOf(items ?? {}, resolve)}`;
  return typeof type === "string" ? type : (type?.join(" or ") ?? "any");
}

function curlOf(method: string, url: string, body: readonly ReferenceField[]): string {
  const lines = [`curl${method === "GET" ? "" : ` -X ${method}`} '${url}'`, `-H "Authorization: Bearer $AIVO_TOKEN"`];
  if (method === "POST") lines.push(`-H "Idempotency-Key: $(uuidgen)"`);
  if (body.length > 0) {
    const given = body.filter(({ isRequired }) => isRequired);
    const example = Object.fromEntries((given.length > 0 ? given : body.slice(0, 1)).map(({ name, type }) => [name, exampleOf(type)]));
    lines.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(example)}'`);
  }
  return lines.join(" \\\n  ");
}

function exampleOf(type: string): unknown {
  if (type.startsWith("list")) return [];
  if (type.startsWith("object")) return {};
  if (type.startsWith("boolean")) return true;
  if (type.startsWith("integer") || type.startsWith("number")) return 1;
  return type.includes(" | ") ? (type.split(" | ")[0] ?? "") : "…";
}
