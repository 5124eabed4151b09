import { join } from "node:path";

/** Where the documentation stands: the product's processes work in its directory. */
export const documentation = join(/* turbopackIgnore: true */ process.cwd(), "docs");
