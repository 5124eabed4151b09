import { expect, test } from "vitest";
import { type CheckStep, foldSteps, statusOf } from "./check-step.ts";
import { problemsOf, valuesOf } from "./credential-values.ts";
import { barWords } from "./test-words.ts";

const step = (id: string, state: CheckStep["state"], more: Partial<CheckStep> = {}): CheckStep => ({
  id,
  name: id,
  state,
  evidence: [],
  ...more,
});
const form = (more: object) => ({
  incomplete: null,
  values: {},
  fingerprint: null,
  isOld: false,
  test: { status: "idle" as const, steps: [] as CheckStep[] },
  ...more,
});
const saved = "Saving starts no sync.";

test("a test that only waits for the provider's yes has not failed", () => {
  const waits = step("Authorization", "failed", { waitsFor: "authorization" });
  expect(statusOf([step("TLS", "passed"), waits, step("Lists", "skipped")])).toBe("waiting");
  expect(statusOf([waits, step("Schools", "failed")])).toBe("failed");
  expect(statusOf([step("TLS", "passed"), step("Schools", "warning")])).toBe("passed");
});

test("what passed is folded, what needs a look stands, what was not reached is named", () => {
  const folded = foldSteps([
    step("resolve", "passed"),
    step("tls", "skipped", { evidence: ["Not encrypted, as Aivo's operator allows for this address."] }),
    step("events", "warning"),
    step("sign-in", "failed"),
    step("lists", "skipped"),
  ]);
  const ids = Object.fromEntries(Object.entries(folded).map(([name, steps]) => [name, steps.map(({ id }) => id)]));
  expect(ids).toEqual({ passed: ["resolve", "tls"], standing: ["events", "sign-in"], notReached: ["lists"] });
});

test("the bar names all that is missing at once", () => {
  const values = valuesOf("oneroster-csv");
  const incomplete = problemsOf("oneroster-csv", { port: "22", directory: "/" });
  expect(barWords("oneroster-csv", form({ values, incomplete }), saved).text).toBe("Missing: Host, User name, Password");
});

test("the bar says where a value is there and wrong", () => {
  const values = { ...valuesOf("clever"), clientId: "a", clientSecret: "b", districtId: "c" };
  const incomplete = problemsOf("clever", { clientId: "a", clientSecret: "b", districtId: "c" });
  expect(barWords("clever", form({ values, incomplete }), saved)).toEqual({ tone: "warn", text: "Needs a look: District ID" });
});

test.each([
  ["oneroster-csv", {}, "Missing: the host key, which the test shows"],
  ["oneroster-rest", {}, "Not tested yet"],
  ["oneroster-rest", { test: { status: "running", steps: [step("Sign-in", "running")] } }, "Testing: Sign-in"],
  ["oneroster-rest", { test: { status: "failed", steps: [step("Sign-in", "failed")] } }, "The test failed: Sign-in"],
  ["oneroster-rest", { test: { status: "passed", steps: [] } }, "Tested. Saving starts no sync."],
  ["oneroster-rest", { isOld: true, test: { status: "passed", steps: [] } }, "Changed since the test"],
  ["clever", { test: { status: "waiting", steps: [] } }, "Save, then authorize with Clever"],
] as const)("%s: the bar says %s as %s", (provider, more, text) => {
  expect(barWords(provider, form(more), saved).text).toBe(text);
});
