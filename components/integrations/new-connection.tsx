"use client";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { credentialLabels } from "#lib/services/integrations/credentials-schema.ts";
import { ConnectionFrame } from "./connection-frame.tsx";
import { CredentialFields } from "./credential-fields.tsx";
import { credentialsOf, problemsOf, valuesOf } from "./credential-values.ts";
import { NameField } from "./name-field.tsx";
import { providerWords } from "./provider-words.ts";
import { SaveBar } from "./save-bar.tsx";
import { SaveButton } from "./save-button.tsx";
import { choiceOf, cronOf, ScheduleFields } from "./schedule-fields.tsx";
import { TestPanel } from "./test-panel.tsx";
import { barWords } from "./test-words.ts";
import type { Answer, Values } from "./types.ts";
import { useCredentialForm } from "./use-credential-form.ts";

/** What was typed for a provider, for when it is chosen again. */
export interface Draft {
  readonly name?: string;
  readonly values?: Values;
  readonly schedule?: ReturnType<typeof choiceOf>;
}

export interface NewConnectionProps {
  readonly provider: AvailableProvider;
  readonly testUrl: string;
  readonly save: (input: unknown) => Promise<Answer<{ href: string }>>;
  /** Asks for the sandbox's credentials; null where no sandbox runs beside this copy. */
  readonly sample: ((provider: AvailableProvider) => Promise<Answer<Values>>) | null;
  readonly draft: Draft | undefined;
  readonly keep: (edit: Draft) => void;
}

export function NewConnection({ provider, testUrl, save, sample, draft, keep }: NewConnectionProps) {
  const router = useRouter();
  const [name, setName] = useState(draft?.name ?? providerWords[provider].name);
  const [schedule, setSchedule] = useState(draft?.schedule ?? choiceOf("0 2 * * *"));
  const [problem, setProblem] = useState<{ message: string; fields: Readonly<Record<string, string>> } | null>(null);
  const [pending, begin] = useTransition();
  const [isFilling, beginFilling] = useTransition();
  const form = useCredentialForm({
    testUrl,
    initial: draft?.values ?? valuesOf(provider),
    initialFingerprint: null,
    entered: (values, beside) => credentialsOf(provider, values, beside),
    problems: (credentials) => problemsOf(provider, credentials),
    target: (credentials) => ({ provider, credentials }),
  });
  const { test, values, isOld } = form;
  const errors = { ...test.refusal?.fields, ...problem?.fields };
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
    const answer = await save({ name, provider, credentials: complete.entered, schedule: cronOf(schedule) }).catch(() => unreachable);
    if (answer.ok) router.push(answer.data.href);
    else setProblem(answer);
    return null;
  };
  const fill = () =>
    beginFilling(async () => {
      const answer = await sample?.(provider).catch(() => unreachable);
      if (answer === undefined) return;
      if (!answer.ok) return setProblem(answer);
      const { hostKeyFingerprint, ...given } = answer.data;
      const filled = { ...valuesOf(provider), ...given };
      setProblem(null);
      form.fill(filled, hostKeyFingerprint ?? null);
      keep({ values: filled });
    });
  return (
    <ConnectionFrame
      provider={provider}
      summary={
        problem === null && test.refusal === null ? null : (
          <FormErrorSummary message={problem?.message ?? test.refusal?.message ?? null} fields={errors} labels={credentialLabels} />
        )
      }
      bar={
        <SaveBar words={barWords(provider, form, "Saving starts no sync.")} test={test} isFilling={isFilling} onTest={runTest}>
          <SaveButton
            provider={provider}
            label="Save integration"
            form={form}
            pending={pending || isFilling}
            onSave={() => begin(async () => void (await submit()))}
            onConfirm={submit}
          />
        </SaveBar>
      }
    >
      <Card
        title="Credentials"
        {...(sample && {
          actions: (
            <Button size="sm" pending={isFilling} onClick={fill}>
              Fill in the sandbox’s
            </Button>
          ),
        })}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <NameField
            value={name}
            error={errors.name}
            onChange={(next) => {
              setName(next);
              keep({ name: next });
            }}
          />
          <fieldset disabled={isFilling} className="contents">
            <CredentialFields
              provider={provider}
              values={values}
              errors={errors}
              found={isOld ? {} : test.found}
              onChange={(edit) => {
                form.change(edit);
                keep({ values: { ...values, ...edit } });
              }}
            />
          </fieldset>
        </div>
      </Card>
      <TestPanel test={test} isOld={isOld} onConfirmHostKey={form.confirmHostKey} />
      <Card title="Schedule">
        <ScheduleFields
          value={schedule}
          error={problem?.fields.schedule}
          onChange={(choice) => {
            setSchedule(choice);
            keep({ schedule: choice });
          }}
        />
      </Card>
    </ConnectionFrame>
  );
}
