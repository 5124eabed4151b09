"use client";
import { useRef, useState } from "react";
import { RadioGroup } from "#components/ui/choices.tsx";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { type Draft, NewConnection, type NewConnectionProps } from "./new-connection.tsx";
import { availableProviders, isAvailable, providerWords } from "./provider-words.ts";
import { SetupGuide, WhichProvider } from "./setup-guide.tsx";
import { Step } from "./step.tsx";

export interface NewIntegrationProps extends Pick<NewConnectionProps, "testUrl" | "save"> {
  /** The provider that the address names, so that a link can lead to its form. */
  readonly chosen: string | null;
}

/** Provider, credentials, test, schedule, save: one page that keeps whatever was typed, also for a provider left and chosen again. */
export function NewIntegration({ testUrl, save, chosen }: NewIntegrationProps) {
  const only = availableProviders.length === 1 ? (availableProviders[0] ?? null) : null;
  const [provider, setProvider] = useState<AvailableProvider | null>(chosen !== null && isAvailable(chosen) ? chosen : only);
  const drafts = useRef(new Map<AvailableProvider, Draft>());
  const choose = (value: string) => {
    if (!isAvailable(value)) return;
    setProvider(value);
    window.history.replaceState(null, "", `?provider=${value}`);
  };
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr]">
      <Step number={1} title="Provider">
        <RadioGroup
          legend="Student information system"
          name="provider"
          value={provider ?? ""}
          onChange={choose}
          options={availableProviders.map((one) => ({ value: one, label: providerWords[one].name, hint: providerWords[one].method }))}
        />
      </Step>
      <div className="min-w-0 lg:col-start-2 lg:row-span-2 lg:row-start-1">
        {provider === null ? <WhichProvider providers={availableProviders} /> : <SetupGuide key={provider} provider={provider} />}
      </div>
      {provider === null ? (
        <p className="text-sm text-muted">Choose a provider, and the form for its credentials opens here.</p>
      ) : (
        <NewConnection
          key={provider}
          provider={provider}
          testUrl={testUrl}
          save={save}
          draft={drafts.current.get(provider) ?? null}
          keep={(draft) => drafts.current.set(provider, draft)}
        />
      )}
    </div>
  );
}
