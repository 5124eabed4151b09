"use client";
import { useState } from "react";
import { type Beside, nothingBeside } from "./credential-values.ts";
import type { Entered, Values } from "./types.ts";
import { type ConnectionTest, useConnectionTest } from "./use-connection-test.ts";

export interface CredentialFormOptions {
  readonly testUrl: string;
  readonly initial: Values;
  readonly initialFingerprint: string | null;
  /** The fields as they are sent. */
  readonly entered: (values: Values, beside: Beside) => Entered;
  readonly problems: (entered: Entered) => Readonly<Record<string, string>> | null;
  /** What to test, for the endpoint of Test Connection. */
  readonly target: (entered: Entered) => object;
}

export interface CredentialForm {
  readonly values: Values;
  readonly change: (edit: Values) => void;
  /** Everything at once, with the host key of the same machine. */
  readonly fill: (values: Values, fingerprint: string | null) => void;
  readonly fingerprint: string | null;
  readonly test: ConnectionTest;
  /** The form has changed since the test. */
  readonly isOld: boolean;
  readonly isTested: boolean;
  /** Tests what is typed; what is seen to be wrong is not even sent. */
  readonly runTest: () => void;
  readonly confirmHostKey: (fingerprint: string) => void;
  /** What is wrong with what is typed, by field; null: nothing that can be seen from here. */
  readonly incomplete: Readonly<Record<string, string>> | null;
  /** What is to be saved, with what its test found out, or what is wrong with it. */
  readonly toSave: () => { readonly entered: Entered } | { readonly fields: Readonly<Record<string, string>> };
}

/** A credential form and its test, new or stored. */
export function useCredentialForm(options: CredentialFormOptions): CredentialForm {
  const { entered, problems, target } = options;
  const [values, setValues] = useState(options.initial);
  const [fingerprint, setFingerprint] = useState(options.initialFingerprint);
  const test = useConnectionTest(options.testUrl);
  const asTyped = (key: string | null) => entered(values, { ...nothingBeside, fingerprint: key });
  const isOld = test.tested !== null && test.tested !== JSON.stringify(target(asTyped(fingerprint)));

  const testWith = (key: string | null) => {
    const fields = problems(asTyped(key));
    if (fields === null) void test.start(target(asTyped(key)));
    else test.refuse({ message: "The credentials are not complete.", fields });
  };
  return {
    values,
    fingerprint,
    test,
    isOld,
    isTested: test.status === "passed" && !isOld,
    incomplete: problems(asTyped(fingerprint)),
    fill: (filled, key) => {
      setValues(filled);
      setFingerprint(key);
    },
    change: (edit) => {
      setValues({ ...values, ...edit });
      // A host key is one machine's: another machine has its own to confirm.
      if ("host" in edit || "port" in edit) setFingerprint(null);
    },
    runTest: () => testWith(fingerprint),
    confirmHostKey: (key) => {
      setFingerprint(key);
      testWith(key);
    },
    toSave: () => {
      const complete = entered(values, { fingerprint, found: isOld ? {} : test.found });
      const fields = problems(complete);
      return fields === null ? { entered: complete } : { fields };
    },
  };
}
