import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { histories } from "#lib/engine/sync/model/histories.ts";
import { describeModel, loadModel } from "#lib/engine/sync/model/load.ts";
import { doByHand, stepsByHand } from "#lib/engine/testing/by-hand.ts";
import { newIntegration, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { listEdits } from "./read.ts";
import { EditsFilter } from "./schema.ts";
import { releaseEdits } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

async function newWorld() {
  const district = await newDistrict(db);
  const integrations = [await newIntegration(db, district), await newIntegration(db, district)];
  return { district, sync: (which: number, state: SisState) => syncOnce(db, district, integrations[which] ?? "", state) };
}

test("a district whose edits are released ends as one that never had any, and the next syncs change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.array(stepsByHand(true), { minLength: 5, maxLength: 5 }), async (history, byHand) => {
      const [edited, plain] = [await newWorld(), await newWorld()];
      const latest = new Map<number, SisState>();
      for (const [index, { integration, state }] of history.entries()) {
        const [run, other] = [await edited.sync(integration, state), await plain.sync(integration, state)];
        expect(run.state).toBe(other.state);
        if (run.state === "succeeded") latest.set(integration, state);
        await doByHand(db, edited.district, byHand[index] ?? []);
      }
      const scope = operatorScope(edited.district);
      const { rows } = await listEdits(services, scope, EditsFilter.parse({}));
      for (const { kind, recordId, field } of rows)
        await releaseEdits(services, scope, kind === "classroom" ? "classroom" : "account", recordId, [field]);
      const released = describeModel(await loadModel(db, edited.district));
      expect(released).toEqual(describeModel(await loadModel(db, plain.district)));
      for (const [integration, state] of latest) {
        await edited.sync(integration, state);
        await plain.sync(integration, state);
      }
      expect(describeModel(await loadModel(db, edited.district))).toEqual(describeModel(await loadModel(db, plain.district)));
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 2), endOnFailure: true },
  );
}, 3_600_000);
