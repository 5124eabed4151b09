import { rulesVersion } from "#lib/roster/rules-version.ts";

/**
 * What an integration's records were planned with, beside what they say. Kept with the integration by each sync that is applied; where it is
 * another, or was taken away because others may supply now what the integration did, everything is planned again from the mirror.
 */
export const plannedWith = `rules ${rulesVersion}`;
