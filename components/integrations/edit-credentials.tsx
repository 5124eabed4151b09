"use client";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { confirmed } from "#components/confirm/confirmed.ts";
import { unreachable } from "#components/settings/result.ts";
import { Card } from "#components/ui/card.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { credentialLabels } from "#lib/services/integrations/credentials-schema.ts";
import type { IntegrationDetail } from "#lib/services/integrations/schema.ts";
import { ConnectionFrame } from "./connection-frame.tsx";
import { CredentialFields } from "./credential-fields.tsx";
import { editsOf, foundOf, problemsOfEdits, valuesOf, withoutStored } from "./credential-values.ts";
import { NameField } from "./name-field.tsx";
import { SaveBar } from "./save-bar.tsx";
import { SaveButton } from "./save-button.tsx";
import { TestPanel } from "./test-panel.tsx";
import { barWords } from "./test-words.ts";
import type { Answer, Entered } from "./types.ts";
import { useCredentialForm } from "./use-credential-form.ts";

export interface EditCredentialsProps {
  readonly integration: Pick<IntegrationDetail, "id" | "name" | "provider" | "config" | "secretsSet">;
  readonly testUrl: string;
  readonly backHref: string;
  /** @param name null: not changed */
  readonly save: (name: string | null, edits: Entered) => Promise<Answer>;
}

/** The connection of a stored integration. Secrets are write-only: what is left blank stays as it is. */
export function EditCredentials({ integration, testUrl, backHref, save }: EditCredentialsProps) {
  const router = useRouter();
  const { id, provider, config, secretsSet } = integration;
  const [name, setName] = useState(integration.name);
  const [problem, setProblem] = useState<{ message: string; fields: Readonly<Record<string, string>> } | null>(null);
  const [pending, begin] = useTransition();
  const form = useCredentialForm({
    testUrl,
    initial: valuesOf(provider, integration),
    initialFingerprint: typeof config.hostKeyFingerprint === "string" ? config.hostKeyFingerprint : null,
    entered: (values, beside) => withoutStored(editsOf(provider, values, beside, secretsSet), config),
    problems: (edits) => problemsOfEdits(provider, edits, integration),
    target: (edits) => ({ integrationId: id, edits }),
  });
  const { test, isOld } = form;
  const errors = { ...test.refusal?.fields, ...problem?.fields };
  const submit = async (): Promise<string | null> => {
    const complete = form.toSave();
    if ("fields" in complete) {
      setProblem({ message: "The credentials are not complete.", fields: complete.fields });
      return null;
    }
    const answer = await confirmed(save)(name === integration.name ? null : name, complete.entered).catch(() => unreachable);
    if (answer.ok) router.push(backHref);
    else setProblem(answer);
    return null;
  };
  const runTest = () => {
    setProblem(null);
    form.runTest();
  };
  return (
    <ConnectionFrame
      provider={provider}
      summary={
        problem === null && test.refusal === null ? null : (
          <FormErrorSummary message={problem?.message ?? test.refusal?.message ?? null} fields={errors} labels={credentialLabels} />
        )
      }
      bar={
        <SaveBar words={barWords(provider, form, "The next sync uses it.")} test={test} onTest={runTest}>
          <LinkButton href={backHref}>Cancel</LinkButton>
          <SaveButton
            provider={provider}
            label="Save connection"
            form={form}
            pending={pending}
            onSave={() => begin(async () => void (await submit()))}
            onConfirm={submit}
          />
        </SaveBar>
      }
    >
      <Card title="Credentials">
        <div className="grid gap-4 sm:grid-cols-2">
          <NameField value={name} error={errors.name} onChange={setName} />
          <CredentialFields
            provider={provider}
            values={form.values}
            onChange={form.change}
            errors={errors}
            found={{ ...foundOf(config.learned), ...(isOld ? {} : test.found) }}
            secretsSet={secretsSet}
          />
        </div>
      </Card>
      <TestPanel test={test} isOld={isOld} onConfirmHostKey={form.confirmHostKey} />
    </ConnectionFrame>
  );
}
