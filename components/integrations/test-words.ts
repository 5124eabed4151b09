import type { Tone } from "#components/ui/tone.ts";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { credentialLabels } from "#lib/services/integrations/credentials-schema.ts";
import type { TestStatus } from "./check-step.ts";
import type { CredentialForm } from "./use-credential-form.ts";

interface Verdict {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** For those who listen. */
  readonly said: string;
}

/** What a test came to; undefined while there is nothing to say. */
export const verdicts: Partial<Record<TestStatus, Verdict>> = {
  passed: {
    tone: "neutral",
    title: "The connection works.",
    text: "Aivo reached the SIS, signed in and understood what it was shown.",
    said: "The test passed",
  },
  failed: {
    tone: "bad",
    title: "Connection test failed.",
    text: "The step that failed says why and what to do.",
    said: "The test has failed",
  },
  waiting: {
    tone: "warn",
    title: "Waits to be authorized in Clever.",
    text: "Nothing is wrong. Save, then choose Authorize with Clever on the integration's page.",
    said: "The test waits for the authorization",
  },
  "host-key": {
    tone: "warn",
    title: "Confirm the host key to go on.",
    text: "Nothing secret was sent to the server yet.",
    said: "The host key has to be confirmed",
  },
  interrupted: {
    tone: "warn",
    title: "The test was stopped before its end.",
    text: "Test again to see the whole result.",
    said: "The test was stopped",
  },
};

export interface BarWords {
  readonly tone: Tone;
  readonly text: string;
}

type Form = Pick<CredentialForm, "incomplete" | "values" | "fingerprint" | "isOld"> & {
  readonly test: Pick<CredentialForm["test"], "status" | "steps">;
};

/** What is missing before the form can be saved, or how it stands: one line for the bar that stays in view. */
export function barWords(provider: AvailableProvider, form: Form, saved: string): BarWords {
  const { test, isOld, incomplete, values } = form;
  if (test.status === "running") {
    const step = test.steps.find(({ state }) => state === "running");
    return { tone: "neutral", text: step ? `Testing: ${step.name}` : "Testing" };
  }
  if (incomplete !== null) {
    const name = (field: string) => credentialLabels[field] ?? field;
    const fields = Object.keys(incomplete);
    const blank = fields.filter((field) => !values[field]);
    return blank.length > 0
      ? { tone: "neutral", text: `Missing: ${blank.map(name).join(", ")}` }
      : { tone: "warn", text: `Needs a look: ${fields.map(name).join(", ")}` };
  }
  if (test.status === "host-key") return { tone: "warn", text: "Missing: the host key, to be confirmed" };
  if (provider === "oneroster-csv" && form.fingerprint === null)
    return { tone: "neutral", text: "Missing: the host key, which the test shows" };
  if (isOld) return { tone: "neutral", text: "Changed since the test" };
  if (test.status === "waiting") return { tone: "neutral", text: "Save, then authorize with Clever" };
  if (test.status === "failed") {
    const step = test.steps.find(({ state }) => state === "failed");
    return { tone: "bad", text: step ? `The test failed: ${step.name}` : "The test failed" };
  }
  return { tone: "neutral", text: test.status === "passed" ? `Tested. ${saved}` : "Not tested yet" };
}
