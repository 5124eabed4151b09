import fc from "fast-check";
import { expect, test } from "vitest";
import { histories, manualAccounts } from "./plan.model.histories.ts";
import { describeModel } from "./plan.model.load.ts";
import { type Model, modelSync } from "./plan.model.ts";

/**
 * The rules themselves, apart from the SQL that follows them. That is a thousand times as quick, so rare histories are
 * met: each syncs twice what the SIS has, and the second time must find everything as it is to be.
 */
test("by the rules a second sync of what the SIS has changes nothing", () => {
  fc.assert(
    fc.property(manualAccounts, histories, (people, history) => {
      let model: Model = {
        records: people.map(({ role, email, studentNumber, status }, index) => ({
          id: `manual-${index}`,
          entity: "account",
          status,
          deactivatedBy: null,
          values: { role, givenName: "Manual", familyName: String(index), email, studentNumber: role === "learner" ? studentNumber : null },
        })),
        links: [],
        clock: 0,
      };
      for (const step of history) {
        const after = modelSync(model, String(step.integration), step.state);
        if (!after) continue;
        const again = modelSync(after, String(step.integration), step.state);
        expect(again && describeModel(again)).toEqual(describeModel(after));
        model = after;
        if (!step.deactivates) continue;
        const account = model.records.find(
          ({ entity, status, values }) => entity === "account" && status === "active" && values.role !== "admin",
        );
        if (account) Object.assign(account, { status: "deactivated", deactivatedBy: "admin" });
      }
    }),
    { numRuns: Number(process.env.AIVO_MODEL_RUNS ?? 2000) },
  );
}, 3_600_000);
