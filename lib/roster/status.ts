import { vocabulary } from "./vocabulary.ts";

/**
 * Whether a record is in use. `inactive` is what OneRoster 1.0 said for `tobedeleted`, and many still do. Blank is what bulk
 * files say for active. Undefined for any other word: neither is assumed. A user's enabledUser is no status: it
 * says whether the person may sign in to the SIS's own applications, and districts disable whole schools over the summer.
 */
export const readStatus = vocabulary<"active" | "withdrawn">({
  "": "active",
  active: "active",
  tobedeleted: "withdrawn",
  inactive: "withdrawn",
});
