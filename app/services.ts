import { type Env, parseEnv } from "#lib/platform/env.ts";
import { misspeltWords } from "#lib/platform/misspelt.ts";
import {
  noteConnections,
  noteVariables,
  type OpenServices,
  openDatabaseProbe,
  openServices,
  type Probe,
  type Services,
} from "#lib/services/services.ts";

const held = globalThis as { aivoServices?: Promise<OpenServices>; aivoProbe?: Probe };

/**
 * A page that takes longer than a minute is of no use to anybody, and holds one of the few connections. Nothing that a web process asks
 * needs the connection of the question before, so that a pooler may stand between it and the database (pooler.db.test.ts).
 */
export const webDatabase = { applicationName: "aivo-web", statementSeconds: 60, idleSeconds: 30, prepare: false } as const;

/** @throws ServiceError `precondition` where it is not complete */
export function environment(): Env {
  return parseEnv(process.env);
}

/** For whoever reads why this process did not start. */
export function hintsAboutVariables(): readonly string[] {
  return misspeltWords(process.env);
}

/**
 * The services of this process, opened at the first request. They hang on the global object because a reload in development
 * makes this module anew, and each reload would leave a pool of connections behind. A failed start is tried again.
 */
export function services(): Promise<Services> {
  held.aivoServices ??= openServices(environment(), webDatabase).then(
    (opened) => {
      noteConnections(opened.env);
      noteVariables(process.env);
      return opened;
    },
    (error: unknown) => {
      delete held.aivoServices;
      throw error;
    },
  );
  return held.aivoServices;
}

/** Whether the database answers, however busy the services' own connections are. */
export function databaseProbe(): Probe {
  held.aivoProbe ??= openDatabaseProbe(environment());
  return held.aivoProbe;
}
