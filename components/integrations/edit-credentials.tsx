"use client";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { Button, LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import type { IntegrationDetail } from "#lib/integrations/schema.ts";
import { credentialLabels, editsOf } from "./credential-values.ts";
import { SftpFields } from "./sftp-fields.tsx";
import { TestPanel } from "./test-panel.tsx";
import type { Answer, Credentials } from "./types.ts";
import { useConnectionTest } from "./use-connection-test.ts";

export interface EditCredentialsProps {
  readonly integration: Pick<IntegrationDetail, "id" | "name" | "config" | "secretsSet">;
  readonly testUrl: string;
  readonly backHref: string;
  readonly save: (name: string, edits: Readonly<Record<string, string | null>>) => Promise<Answer>;
}

/** The connection of a stored integration. Secrets are write-only: what is left blank stays as it is. */
export function EditCredentials({ integration, testUrl, backHref, save }: EditCredentialsProps) {
  const router = useRouter();
  const { config, secretsSet } = integration;
  const text = (field: string) => (config[field] === undefined ? "" : String(config[field]));
  const [name, setName] = useState(integration.name);
  const [values, setValues] = useState<Credentials>({
    host: text("host"),
    port: text("port"),
    username: text("username"),
    directory: text("directory"),
    method: secretsSet.includes("privateKey") ? "key" : "password",
    password: "",
    privateKey: "",
    passphrase: "",
  });
  const [fingerprint, setFingerprint] = useState<string | null>(text("hostKeyFingerprint") || null);
  const [problem, setProblem] = useState<{ message: string; fields: Readonly<Record<string, string>> } | null>(null);
  const [pending, begin] = useTransition();
  const test = useConnectionTest(testUrl);

  const edits = editsOf(values, fingerprint, secretsSet);
  const isOld = test.tested !== null && test.tested !== JSON.stringify({ integrationId: integration.id, edits });
  const errors = { ...test.refusal?.fields, ...problem?.fields };
  const change = (edit: Partial<Credentials>) => {
    setValues({ ...values, ...edit });
    if ("host" in edit || "port" in edit) setFingerprint(null);
  };
  const runTest = (key: string | null) => {
    setProblem(null);
    void test.start({ integrationId: integration.id, edits: editsOf(values, key, secretsSet) });
  };
  const confirmHostKey = (key: string) => {
    setFingerprint(key);
    runTest(key);
  };
  const submit = async (): Promise<string | null> => {
    const answer = await save(name, edits);
    if (answer.ok) router.push(backHref);
    else setProblem(answer);
    return null;
  };
  const isTested = test.status === "passed" && !isOld;
  return (
    <form className="grid max-w-3xl gap-6" noValidate autoComplete="off" onSubmit={(event) => event.preventDefault()}>
      <FormErrorSummary message={problem?.message ?? test.refusal?.message ?? null} fields={errors} labels={credentialLabels} />
      <Card title="Credentials">
        <div className="grid gap-5">
          <Field id="name" label="Name" required error={errors.name}>
            {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} maxLength={100} />}
          </Field>
          <SftpFields values={values} onChange={change} errors={errors} secretsSet={secretsSet} />
        </div>
      </Card>
      <Card title="Test">
        <TestPanel test={test} isOld={isOld} onTest={() => runTest(fingerprint)} onConfirmHostKey={confirmHostKey} />
      </Card>
      <div className="flex flex-wrap justify-end gap-2">
        <LinkButton href={backHref}>Cancel</LinkButton>
        {fingerprint === null ? (
          <Button variant="primary" unavailable="Test the connection and confirm the host key first">
            Save connection
          </Button>
        ) : isTested ? (
          <Button variant="primary" pending={pending} onClick={() => begin(async () => void (await submit()))}>
            Save connection
          </Button>
        ) : (
          <ConfirmDialog
            trigger={<Button variant="primary">Save connection</Button>}
            title="Save without a passed test?"
            confirmLabel="Save all the same"
            tone="primary"
            onConfirm={submit}
          >
            <p>The connection has not passed its test as it is typed now. A sync with it may fail; a sync that fails changes nothing.</p>
          </ConfirmDialog>
        )}
      </div>
    </form>
  );
}
