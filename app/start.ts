import { ServiceError } from "#lib/platform/errors.ts";
import { setLogLevel } from "#lib/platform/log.ts";
import { knowClients } from "./client-address.ts";
import { guardEveryAnswer } from "./every-answer.ts";
import { environment, hintsAboutVariables, services } from "./services.ts";
import { isStopping, stopInOrder } from "./stopping.ts";

/**
 * A web server that has no environment, or whose database is not one of this version, says so and ends, instead of answering
 * everybody with an error. A database that is only away is waited for: the first requests try again.
 */
export async function startOrExit(): Promise<void> {
  try {
    stopInOrder();
    knowClients(environment().trustedProxies);
    guardEveryAnswer(environment().publicUrl, isStopping);
    const { env } = await services();
    setLogLevel(env.logLevel);
    // A server that is stopped hands over what is left within a second or not at all: Next ends the process.
    if (env.traceEndpoint !== null) (await import("#lib/platform/tracing.ts")).startTracing(env.traceEndpoint, "aivo-web");
  } catch (error) {
    if (!(error instanceof ServiceError)) return;
    console.error([error.message, ...hintsAboutVariables()].join("\n"));
    process.exit(1);
  }
}
