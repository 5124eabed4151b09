import fc from "fast-check";
import { expect, test } from "vitest";
import { histories, type ManualAccount, manualAccounts } from "./plan.model.histories.ts";
import { describeModel } from "./plan.model.load.ts";
import { type Model, modelSync } from "./plan.model.ts";
import type { SisState } from "./testing.ts";

/*
 * The rules themselves, apart from the SQL that follows them (plan.model.db.test.ts shows that it does). That is a thousand
 * times as quick, so that rare histories are met.
 */
const parameters = { numRuns: Number(process.env.AIVO_MODEL_RUNS ?? 2000) };
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

function modelOf(people: readonly ManualAccount[]): Model {
  const records = people.map(({ role, email, studentNumber, status }, index) => ({
    id: `manual-${index}`,
    entity: "account" as const,
    status,
    deactivatedBy: null,
    values: { role, givenName: "Manual", familyName: String(index), email, studentNumber: role === "learner" ? studentNumber : null },
  }));
  return { records, links: [], clock: 0 };
}

function withOneDeactivated(before: Model): Model {
  const model = structuredClone(before);
  const account = model.records.find(
    ({ entity, status, values }) => entity === "account" && status === "active" && values.role !== "admin",
  );
  if (account) Object.assign(account, { status: "deactivated", deactivatedBy: "admin" });
  return model;
}
