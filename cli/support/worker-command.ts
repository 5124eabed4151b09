import { join } from "node:path";

/**
 * Arguments of Node for a worker process. A sync makes millions of short-lived strings; V8 by default lets them fill
 * three times 32 MB before it looks, and what outlived that grow to four times what is in use. That would be most of the
 * memory that a worker needs in all, and the more the larger the district.
 *
 * Rows of a batch outlive the first look at the young, by which V8 concludes that their kind belongs among the old from the beginning: all
 * that was read then waits there for the large collection. Without that, reading CSV takes a third of the CPU.
 */
export const workerArguments = [
  "--max-semi-space-size=8",
  "--heap-growing-percent=100",
  "--no-allocation-site-pretenuring",
  join(import.meta.dirname, "../../worker/index.ts"),
] as const;

/**
 * And its variables. glibc gives each thread memory of its own, and lets large buffers lie among small ones once some were freed: what was freed
 * is then hardly ever given back, a hundred megabytes in the largest nights. Other C libraries take no notice of them.
 */
export const workerVariables = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "131072" } as const;
