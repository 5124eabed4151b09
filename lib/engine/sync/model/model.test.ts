import fc from "fast-check";
import { expect, test } from "vitest";
import { type ByHand, stepsByHand } from "#lib/engine/testing/by-hand.ts";
import type { SisState } from "#lib/engine/testing/sync.ts";
import { collectionOfLinkEntity } from "#lib/roster/canonical.ts";
import { asScope, type Scope, wholeScope } from "#lib/roster/scope.ts";
import { withStepsByHand } from "./by-hand.ts";
import { apply, changesBetween, type Edit, edits, rowsOf, start, type World } from "./delta-histories.ts";
import { editedHistories, type ManualAccount, manualAccounts, scopedHistories, scopes } from "./histories.ts";
import { describeModel } from "./load.ts";
import { type OrderStep, orderSteps, withOrders } from "./orders.ts";
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
      fc.property(manualAccounts, scopedHistories, (people, history) => {
        let model = modelOf(people);
        for (const { integration, state, deactivates, byHand, scope, orders } of history) {
          model = withScope(model, integration, scope);
          const after = modelSync(model, String(integration), state);
          if (!after) continue;
          const again = modelSync(after, String(integration), state);
          expect(again && describeModel(again)).toEqual(describeModel(after));
          model = ordered(withStepsByHand(deactivates ? withOneDeactivated(after) : after, byHand), orders);
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
      fc.property(manualAccounts, scopedHistories, (people, history) => {
        let model = modelOf(people);
        const latest = new Map<number, SisState>();
        for (const { integration, state, deactivates, byHand, scope, orders } of history) {
          model = withScope(model, integration, scope);
          const after = modelSync(model, String(integration), state);
          if (!after) continue;
          latest.set(integration, state);
          model = ordered(withStepsByHand(deactivates ? withOneDeactivated(after) : after, byHand), orders);
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

test(
  "edits that are released leave nothing behind",
  () => {
    fc.assert(
      fc.property(
        manualAccounts,
        editedHistories,
        fc.array(stepsByHand(true), { minLength: 5, maxLength: 5 }),
        (people, history, edits) => {
          let [edited, plain] = [modelOf(people), modelOf(people)];
          for (const [index, { integration, state }] of history.entries()) {
            const [after, other] = [modelSync(edited, String(integration), state), modelSync(plain, String(integration), state)];
            expect(after === null).toBe(other === null);
            if (!after || !other) continue;
            [edited, plain] = [withStepsByHand(after, edits[index] ?? []), other];
          }
          for (const record of edited.records) record.kept = {};
          expect(describeModel(edited)).toEqual(describeModel(plain));
        },
      ),
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
  readonly byHand: readonly ByHand[];
  readonly resent: readonly string[];
  readonly scope: Scope | null;
  readonly orders: readonly OrderStep[];
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    own: edits,
    elsewhere: fc.option(edits, { freq: 1 }),
    byAdmin: fc.constantFrom(null, null, null, "deactivates" as const, "reactivates" as const),
    byHand: stepsByHand(),
    scope: fc.option(scopes, { freq: 1 }),
    orders: orderSteps,
    resent: fc.subarray(["s1", "t1", "k1", "c1", "c2", "p1", "p2", "p3", "e1", "e2", "e3"], { maxLength: 3 }),
  }),
  { minLength: 2, maxLength: 6 },
);

test(
  "reading changes leads to the roster that reading everything leads to, whatever another integration and an admin do",
  () => {
    fc.assert(
      fc.property(manualAccounts, steps, fc.constantFrom(["own", "elsewhere"], ["elsewhere", "own"]), (people, history, order) => {
        let byFull = modelOf(people, order);
        let byDelta = byFull;
        let before: World | null = null;
        let other = start;
        for (const { own, elsewhere, byAdmin, byHand, resent, scope, orders } of history) {
          const world: World = apply(before ?? start, own);
          if (elsewhere) other = apply(other, elsewhere);
          const meanwhile = (model: Model) => {
            const changed =
              byAdmin === "deactivates" ? withOneDeactivated(model) : byAdmin === "reactivates" ? withAllReactivated(model) : model;
            const edited = ordered(withStepsByHand(changed, byHand), orders);
            return elsewhere ? synced(edited, "elsewhere", { rows: rowsOf(other) }) : edited;
          };
          const everything: SisState = { rows: rowsOf(world) };
          const changes: SisState | null = before && { rows: changesBetween(before, world, resent), mode: "delta" };
          const scoped = (model: Model) => (scope ? { ...model, scopes: { own: scope } } : model);
          byFull = synced(scoped(meanwhile(byFull)), "own", everything);
          byDelta = synced(scoped(meanwhile(byDelta)), "own", changes ?? everything, { everything: changes && everything });
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

function withScope(model: Model, integration: number, scope: Scope | null): Model {
  return scope ? { ...model, scopes: { ...model.scopes, [String(integration)]: scope } } : model;
}

function ordered(model: Model, steps: readonly OrderStep[]): Model {
  return { ...model, orders: withOrders(model.orders ?? {}, model.integrations, steps) };
}

function withAllReactivated(before: Model): Model {
  const model = structuredClone(before);
  for (const record of model.records) if (record.entity === "account") Object.assign(record, { status: "active", deactivatedBy: null });
  return model;
}

function modelOf(people: readonly ManualAccount[], integrations: readonly string[] = ["0", "1"]): Model {
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
  return { records, links: [], mirror: [], carried: {}, clock: 0, integrations };
}

function withOneDeactivated(before: Model): Model {
  const model = structuredClone(before);
  const account = model.records.find(
    ({ entity, status, values }) => entity === "account" && status === "active" && values.role !== "admin",
  );
  if (account) Object.assign(account, { status: "deactivated", deactivatedBy: "admin" });
  return model;
}

test(
  "what is out of scope and left as it is stays as it was, and nothing is out once nothing is left out",
  () => {
    fc.assert(
      fc.property(scopedHistories, (history) => {
        let model = modelOf([], ["0"]);
        for (const { state, scope } of history) {
          model = withScope(model, 0, scope && asScope({ ...scope, outside: "leave" }));
          const after = modelSync(model, "0", state);
          if (!after) continue;
          const isOut = ({ entity, externalId }: Model["links"][number]) =>
            after.mirror.some(
              (said) =>
                said.fate === "out-of-scope" &&
                said.isOut &&
                said.collection === collectionOfLinkEntity[entity] &&
                said.externalId === externalId,
            );
          // An id of before, which the SIS lists again beside the one that replaced it, may be in scope and say what the record is.
          const isSaidInScope = (id: string) => after.links.some((link) => link.recordId === id && link.rostered && !isOut(link));
          // A membership goes with its class or its person, who may be in scope.
          for (const { recordId } of model.links.filter((link) => link.entity !== "membership" && link.rostered && isOut(link))) {
            if (isSaidInScope(recordId)) continue;
            const of = ({ records }: Model) => records.find(({ id }) => id === recordId);
            expect(of(after)).toEqual(of(model));
          }
          const whole = modelSync(withScope(after, 0, wholeScope), "0", { rows: {} });
          expect(whole?.mirror.filter(({ isOut, fate }) => isOut && fate !== "left-out")).toEqual([]);
          model = after;
        }
      }),
      parameters,
    );
  },
  patience,
);
