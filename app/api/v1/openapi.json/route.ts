import { apiDocument } from "#app/api/v1/document.ts";
import { services } from "#app/services.ts";

/** The description of the API; there is nothing secret in it, and tools read it without a token. */
export async function GET(): Promise<Response> {
  return Response.json(apiDocument((await services()).env.publicUrl), { headers: { "cache-control": "no-store" } });
}
