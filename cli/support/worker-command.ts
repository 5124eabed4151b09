import { join } from "node:path";

/**
 * Arguments of Node for a worker process. A sync makes millions of short-lived strings; V8 by default lets them fill
 * three times 32 MB before it looks, which is a third of the memory that a worker needs in all.
 */
export const workerArguments = ["--max-semi-space-size=8", join(import.meta.dirname, "../../worker/index.ts")] as const;
