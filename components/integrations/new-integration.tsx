"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { RadioGroup } from "#components/ui/choices.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { type AvailableProvider, credentialForms } from "#lib/sis/credentials.ts";
import { blankSftp, credentialLabels, credentialsOf, problemsOf } from "./credential-values.ts";
import { providerWords } from "./provider-words.ts";
import { choiceOf, cronOf, ScheduleFields } from "./schedule-fields.tsx";
import { SetupGuide } from "./setup-guide.tsx";
import { SftpFields } from "./sftp-fields.tsx";
import { TestPanel } from "./test-panel.tsx";
import type { Answer, Credentials } from "./types.ts";
import { useConnectionTest } from "./use-connection-test.ts";

export interface NewIntegrationProps {
  readonly testUrl: string;
  readonly save: (input: unknown) => Promise<Answer<{ href: string }>>;
}

const providers = Object.keys(credentialForms) as AvailableProvider[];

/** Provider, credentials, test, schedule, save: one page that keeps whatever was typed. */
export function NewIntegration({ testUrl, save }: NewIntegrationProps) {
  const router = useRouter();
  const [provider, setProvider] = useState<AvailableProvider>("oneroster-csv");
  const [name, setName] = useState(providerWords["oneroster-csv"].name);
  const [values, setValues] = useState<Credentials>(blankSftp);
  const [fingerprint, setFingerprint] = useState<string | null>(null);
  const [schedule, setSchedule] = useState(choiceOf("0 2 * * *"));
  const [problem, setProblem] = useState<{ message: string; fields: Readonly<Record<string, string>> } | null>(null);
  const [pending, begin] = useTransition();
  const test = useConnectionTest(testUrl);

  const credentials = credentialsOf(values, fingerprint);
  const isOld = test.tested !== null && test.tested !== JSON.stringify({ provider, credentials });
  const errors = { ...test.refusal?.fields, ...problem?.fields };
  const change = (edit: Partial<Credentials>) => {
    setValues({ ...values, ...edit });
    // A host key is one machine's: another machine has its own to confirm.
    if ("host" in edit || "port" in edit) setFingerprint(null);
  };
  const runTest = (key: string | null) => {
    setProblem(null);
    const entered = credentialsOf(values, key);
    const fields = problemsOf(provider, entered);
    if (fields === null) void test.start({ provider, credentials: entered });
    else test.refuse({ message: "The credentials are not complete.", fields });
  };
  const confirmHostKey = (key: string) => {
    setFingerprint(key);
    runTest(key);
  };
  const submit = async (): Promise<string | null> => {
    const answer = await save({ name, provider, credentials, schedule: cronOf(schedule) });
    if (answer.ok) router.push(answer.data.href);
    else setProblem(answer);
    return null;
  };

  const isTested = test.status === "passed" && !isOld;
  return (
    <form
      className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_19rem]"
      noValidate
      autoComplete="off"
      onSubmit={(event) => event.preventDefault()}
    >
      <div className="grid min-w-0 gap-6">
        <FormErrorSummary message={problem?.message ?? test.refusal?.message ?? null} fields={errors} labels={credentialLabels} />
        <Step number={1} title="Provider">
          <RadioGroup
            legend="Student information system"
            name="provider"
            value={provider}
            onChange={(value) => setProvider(providers.find((one) => one === value) ?? provider)}
            options={providers.map((one) => ({ value: one, label: providerWords[one].name, hint: providerWords[one].method }))}
          />
          <Field id="name" label="Name" required hint="How this integration is called in Aivo." error={errors.name}>
            {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} maxLength={100} />}
          </Field>
        </Step>
        <Step number={2} title="Credentials">
          <SftpFields values={values} onChange={change} errors={errors} />
        </Step>
        <Step number={3} title="Test">
          <TestPanel test={test} isOld={isOld} onTest={() => runTest(fingerprint)} onConfirmHostKey={confirmHostKey} />
        </Step>
        <Step number={4} title="Schedule">
          <ScheduleFields value={schedule} onChange={setSchedule} error={problem?.fields.schedule} />
        </Step>
        <Step number={5} title="Save">
          <p className="text-sm text-muted">
            Saving starts no sync. You decide on the integration's page whether to preview the changes first or to run it.
          </p>
          <div className="flex flex-wrap items-center gap-3">
            <SaveButton
              hasHostKey={fingerprint !== null}
              isTested={isTested}
              pending={pending}
              onSave={() => begin(async () => void (await submit()))}
              onConfirm={submit}
            />
            {fingerprint ? <p className="text-[0.8125rem] break-all text-muted">Host key confirmed: {fingerprint}</p> : null}
          </div>
        </Step>
      </div>
      <div className="lg:sticky lg:top-6">
        <SetupGuide provider={provider} />
      </div>
    </form>
  );
}

interface SaveButtonProps {
  readonly hasHostKey: boolean;
  readonly isTested: boolean;
  readonly pending: boolean;
  readonly onSave: () => void;
  readonly onConfirm: () => Promise<string | null>;
}

function SaveButton({ hasHostKey, isTested, pending, onSave, onConfirm }: SaveButtonProps) {
  if (!hasHostKey) {
    return (
      <Button variant="primary" unavailable="Test the connection and confirm the host key first">
        Save integration
      </Button>
    );
  }
  if (isTested) {
    return (
      <Button variant="primary" pending={pending} onClick={onSave}>
        Save integration
      </Button>
    );
  }
  return (
    <ConfirmDialog
      trigger={<Button variant="primary">Save integration</Button>}
      title="Save without a passed test?"
      confirmLabel="Save all the same"
      tone="primary"
      onConfirm={onConfirm}
    >
      <p>The connection has not passed its test as it is typed now. A sync with it may fail; a sync that fails changes nothing.</p>
    </ConfirmDialog>
  );
}

function Step({ number, title, children }: { readonly number: number; readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-labelledby={`step-${number}`} className="min-w-0 rounded-lg border border-line bg-surface p-5 shadow-raised">
      <h2 id={`step-${number}`} className="mb-4 flex items-center gap-2.5 text-base font-semibold">
        <span aria-hidden className="grid size-6 place-items-center rounded-full bg-accent text-xs text-on-accent">
          {number}
        </span>
        {title}
      </h2>
      <div className="grid gap-5">{children}</div>
    </section>
  );
}
