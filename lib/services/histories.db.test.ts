import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, test } from "vitest";
import { manualAccounts } from "#lib/engine/sync/model/histories.ts";
import { live, mixedHistories } from "#lib/services/testing/history/steps.ts";
import { newWorld } from "#lib/services/testing/history/world.ts";
import { testServices } from "#lib/services/testing/services.ts";

/*
 * All that may happen to a district, mixed at random, each step through the door that admins and workers use and held against one model
 * (lib/engine/sync/model). What fails is drawn again by its seed and path: AIVO_SEED=… AIVO_PATH=….
 */
const { services, close } = await testServices();
const folder = await mkdtemp(join(tmpdir(), "aivo-histories-"));
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const path = process.env.AIVO_PATH;

test("whatever happens, the roster is the model's, applied is what was previewed, an undo restores, and nothing that waits is applied unasked", async () => {
  await fc.assert(
    fc.asyncProperty(manualAccounts, mixedHistories, async (people, history) => {
      await live(await newWorld(services, folder, people), history);
    }),
    { numRuns: Number(process.env.AIVO_HISTORIES ?? 12), ...(path ? { path } : {}), endOnFailure: process.env.AIVO_SHRINK === undefined },
  );
}, 36_000_000);
