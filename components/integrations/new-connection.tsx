"use client";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { credentialLabels } from "#lib/services/integrations/schema.ts";
import { CredentialFields } from "./credential-fields.tsx";
import { credentialsOf, problemsOf, valuesOf } from "./credential-values.ts";
import { providerWords } from "./provider-words.ts";
import { SaveButton } from "./save-button.tsx";
import { choiceOf, cronOf, ScheduleFields } from "./schedule-fields.tsx";
import { Step } from "./step.tsx";
import { TestPanel } from "./test-panel.tsx";
import type { Answer, Values } from "./types.ts";
import { useCredentialForm } from "./use-credential-form.ts";

/** What was typed for a provider, for when it is chosen again. */
export interface Draft {
  readonly name: string;
  readonly values: Values;
  readonly schedule: ReturnType<typeof choiceOf>;
}

export interface NewConnectionProps {
  readonly provider: AvailableProvider;
  readonly testUrl: string;
  readonly save: (input: unknown) => Promise<Answer<{ href: string }>>;
  readonly draft: Draft | null;
  readonly keep: (draft: Draft) => void;
}

/** Before a district has authorized Aivo, only the way to its door can be tested. */
const testNotes: Partial<Record<ProviderId, string>> = {
  clever:
    "Until the district has authorized Aivo, the test ends at the step Authorization. Save first; the integration's page then offers Authorize with Clever.",
};

export function NewConnection({ provider, testUrl, save, draft, keep }: NewConnectionProps) {
  const router = useRouter();
  const [name, setName] = useState(draft?.name ?? providerWords[provider].name);
  const [schedule, setSchedule] = useState(draft?.schedule ?? choiceOf("0 2 * * *"));
  const [problem, setProblem] = useState<{ message: string; fields: Readonly<Record<string, string>> } | null>(null);
  const [pending, begin] = useTransition();
  const form = useCredentialForm({
    testUrl,
    initial: draft?.values ?? valuesOf(provider),
    initialFingerprint: null,
    entered: (values, beside) => credentialsOf(provider, values, beside),
    problems: (credentials) => problemsOf(provider, credentials),
    target: (credentials) => ({ provider, credentials }),
  });
  const { test, values, isOld, fingerprint } = form;
  const errors = { ...test.refusal?.fields, ...problem?.fields };
  const remember = (edit: Partial<Draft>) => keep({ name, values, schedule, ...edit });
  const runTest = () => {
    setProblem(null);
    form.runTest();
  };
  const submit = async (): Promise<string | null> => {
    const complete = form.toSave();
    if ("fields" in complete) {
      setProblem({ message: "The credentials are not complete.", fields: complete.fields });
      return null;
    }
    const answer = await save({ name, provider, credentials: complete.entered, schedule: cronOf(schedule) });
    if (answer.ok) router.push(answer.data.href);
    else setProblem(answer);
    return null;
  };
  return (
    <form className="grid min-w-0 gap-6" noValidate autoComplete="off" onSubmit={(event) => event.preventDefault()}>
      <FormErrorSummary message={problem?.message ?? test.refusal?.message ?? null} fields={errors} labels={credentialLabels} />
      <Step number={2} title="Credentials">
        <Field id="name" label="Name" required hint="What this integration is called in Aivo." error={errors.name}>
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={100}
              onChange={(event) => {
                setName(event.target.value);
                remember({ name: event.target.value });
              }}
            />
          )}
        </Field>
        <CredentialFields
          provider={provider}
          values={values}
          errors={errors}
          found={isOld ? {} : test.found}
          onChange={(edit) => {
            form.change(edit);
            remember({ values: { ...values, ...edit } });
          }}
        />
      </Step>
      <Step number={3} title="Test">
        <TestPanel
          test={test}
          isOld={isOld}
          note={values.accessToken ? undefined : testNotes[provider]}
          onTest={runTest}
          onConfirmHostKey={form.confirmHostKey}
        />
      </Step>
      <Step number={4} title="Schedule">
        <ScheduleFields
          value={schedule}
          error={problem?.fields.schedule}
          onChange={(choice) => {
            setSchedule(choice);
            remember({ schedule: choice });
          }}
        />
      </Step>
      <Step number={5} title="Save">
        <p className="text-sm text-muted">
          Saving starts no sync. You decide on the integration's page whether to preview the changes first or to run it.
        </p>
        <div className="flex flex-wrap items-center gap-3">
          <SaveButton
            provider={provider}
            label="Save integration"
            hasHostKey={fingerprint !== null}
            isTested={form.isTested}
            pending={pending}
            onSave={() => begin(async () => void (await submit()))}
            onConfirm={submit}
          />
          {fingerprint ? <p className="text-small break-all text-muted">Host key confirmed: {fingerprint}</p> : null}
        </div>
      </Step>
    </form>
  );
}
