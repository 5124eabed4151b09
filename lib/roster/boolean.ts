import { vocabulary } from "./vocabulary.ts";

/**
 * A yes or no in any spelling seen. "blank" where nothing is said, undefined where it cannot be read: neither is a no.
 */
export const readBoolean = vocabulary<boolean | "blank">({
  "": "blank",
  true: true,
  t: true,
  yes: true,
  y: true,
  "1": true,
  false: false,
  f: false,
  no: false,
  n: false,
  "0": false,
});
