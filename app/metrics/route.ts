import "#app/request-errors.ts";
import { services } from "#app/services.ts";
import { isBearer, metricsContentType } from "#lib/platform/metrics.ts";
import { serviceMetrics } from "#lib/services/monitoring/metrics.ts";

/** For Prometheus, which sends the token (decision 024). Without a token in the environment there is no such page. */
export async function GET(request: Request): Promise<Response> {
  const opened = await services();
  const { metricsToken } = opened.env;
  if (metricsToken === null) return new Response(null, { status: 404 });
  if (!isBearer(request.headers.get("authorization"), metricsToken))
    return new Response(null, { status: 401, headers: { "www-authenticate": "Bearer" } });
  return new Response(await serviceMetrics(opened), { headers: { "content-type": metricsContentType, "cache-control": "no-store" } });
}
