import { defaultSafety } from "#lib/roster/guard/settings.ts";

/** The usual limits, for tests of what is held: beyond one of them the whole plan waits. */
export const holdsEverything = { ...defaultSafety, withholdDoubtful: false };
