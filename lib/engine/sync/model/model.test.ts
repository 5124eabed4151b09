import fc from "fast-check";
import { expect, test } from "vitest";
import type { SisState } from "#lib/engine/testing/sync.ts";
import { apply, changesBetween, type Edit, edits, rowsOf, start, type World } from "./delta-histories.ts";
import { histories, type ManualAccount, manualAccounts } from "./histories.ts";
import { describeModel } from "./load.ts";
import { modelSync } from "./plan.ts";
import type { Model } from "./types.ts";

/*
 * The rules themselves, apart from the SQL that follows them (plan.model.db.test.ts shows that it does). That is a thousand
 * times as quick, so that rare histories are met.
 */
const parameters = { numRuns: Number(process.env.AIVO_MODEL_RUNS ?? 1000) };
const patience = 3_600_000;

test(
  "a second sync of what the SIS has changes nothing",
  () => {
    fc.assert(
      fc.property(manualAccounts, histories, (people, history) => {
        let model = modelOf(people);
        for (const { integration, state, deactivates } of history) {
          const after = modelSync(model, String(integration), state);
          if (!after) continue;
          const again = modelSync(after, String(integration), state);
          expect(again && describeModel(again)).toEqual(describeModel(after));
          model = deactivates ? withOneDeactivated(after) : after;
        }
      }),
      parameters,
    );
  },
  patience,
);

test(
  "two integrations that sync in turn come to rest in the second night",
  () => {
    fc.assert(
      fc.property(manualAccounts, histories, (people, history) => {
        let model = modelOf(people);
        const latest = new Map<number, SisState>();
        for (const { integration, state, deactivates } of history) {
          const after = modelSync(model, String(integration), state);
          if (!after) continue;
          latest.set(integration, state);
          model = deactivates ? withOneDeactivated(after) : after;
        }
        const night = () => {
          for (const [integration, state] of latest) model = modelSync(model, String(integration), state) ?? model;
          return describeModel(model);
        };
        night();
        expect(night()).toEqual(night());
      }),
      parameters,
    );
  },
  patience,
);

interface Step {
  readonly own: readonly Edit[];
  /** What changes in another integration's SIS, which syncs first, and reads everything; null: it does not sync. */
  readonly elsewhere: readonly Edit[] | null;
  readonly byAdmin: "deactivates" | "reactivates" | null;
  readonly resent: readonly string[];
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    own: edits,
    elsewhere: fc.option(edits, { freq: 1 }),
    byAdmin: fc.constantFrom(null, null, null, "deactivates" as const, "reactivates" as const),
    resent: fc.subarray(["s1", "t1", "k1", "c1", "c2", "p1", "p2", "p3", "e1", "e2", "e3"], { maxLength: 3 }),
  }),
  { minLength: 2, maxLength: 6 },
);

test(
  "reading changes leads to the roster that reading everything leads to, whatever another integration and an admin do",
  () => {
    fc.assert(
      fc.property(manualAccounts, steps, (people, history) => {
        let byFull = modelOf(people);
        let byDelta = byFull;
        let before: World | null = null;
        let other = start;
        for (const { own, elsewhere, byAdmin, resent } of history) {
          const world: World = apply(before ?? start, own);
          if (elsewhere) other = apply(other, elsewhere);
          const meanwhile = (model: Model) => {
            const changed =
              byAdmin === "deactivates" ? withOneDeactivated(model) : byAdmin === "reactivates" ? withAllReactivated(model) : model;
            return elsewhere ? synced(changed, "elsewhere", { rows: rowsOf(other) }) : changed;
          };
          const everything: SisState = { rows: rowsOf(world) };
          const changes: SisState | null = before && { rows: changesBetween(before, world, resent), mode: "delta" };
          byFull = synced(meanwhile(byFull), "own", everything);
          byDelta = synced(meanwhile(byDelta), "own", changes ?? everything, changes && everything);
          expect(describeModel(byDelta)).toEqual(describeModel(byFull));
          before = world;
        }
      }),
      parameters,
    );
  },
  patience,
);

function synced(...args: Parameters<typeof modelSync>): Model {
  const after = modelSync(...args);
  if (!after) throw new Error("the sync failed");
  return after;
}

function withAllReactivated(before: Model): Model {
  const model = structuredClone(before);
  for (const record of model.records) if (record.entity === "account") Object.assign(record, { status: "active", deactivatedBy: null });
  return model;
}

function modelOf(people: readonly ManualAccount[]): Model {
  const records = people.map(({ role, email, studentNumber, status }, index) => ({
    id: `manual-${index}`,
    entity: "account" as const,
    status,
    deactivatedBy: null,
    values: {
      role,
      givenName: "Manual",
      familyName: String(index),
      email,
      username: null,
      grade: null,
      studentNumber: role === "learner" ? studentNumber : null,
      schools: [],
    },
  }));
  return { records, links: [], mirror: [], carried: {}, clock: 0 };
}

function withOneDeactivated(before: Model): Model {
  const model = structuredClone(before);
  const account = model.records.find(
    ({ entity, status, values }) => entity === "account" && status === "active" && values.role !== "admin",
  );
  if (account) Object.assign(account, { status: "deactivated", deactivatedBy: "admin" });
  return model;
}
