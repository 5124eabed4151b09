"use client";
import { useRef, useState } from "react";
import { RadioGroup } from "#components/ui/choices.tsx";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { type Draft, NewConnection, type NewConnectionProps } from "./new-connection.tsx";
import { ProviderMark } from "./provider-mark.tsx";
import { availableProviders, isAvailable, providerWords } from "./provider-words.ts";
import { WhichProvider } from "./setup-guide.tsx";

export interface NewIntegrationProps extends Pick<NewConnectionProps, "testUrl" | "save" | "sample"> {
  /** The provider that the address names, so that a link can lead to its form. */
  readonly chosen: string | null;
}

/** Provider, credentials, test, schedule, save: one page that keeps whatever was typed, also for a provider left and chosen again. */
export function NewIntegration({ testUrl, save, sample, chosen }: NewIntegrationProps) {
  const only = availableProviders.length === 1 ? (availableProviders[0] ?? null) : null;
  const [provider, setProvider] = useState<AvailableProvider | null>(chosen !== null && isAvailable(chosen) ? chosen : only);
  const drafts = useRef(new Map<AvailableProvider, Draft>());
  const choose = (value: string) => {
    if (!isAvailable(value)) return;
    setProvider(value);
    window.history.replaceState(null, "", `?provider=${value}`);
  };
  return (
    <div className="grid gap-8">
      <RadioGroup
        legend="Student information system"
        name="provider"
        layout="cards"
        value={provider ?? ""}
        onChange={choose}
        options={availableProviders.map((one) => ({
          value: one,
          label: providerWords[one].name,
          hint: providerWords[one].method,
          mark: <ProviderMark provider={one} className="size-5 text-soft" />,
        }))}
      />
      {provider === null ? (
        <WhichProvider providers={availableProviders} />
      ) : (
        <NewConnection
          key={provider}
          provider={provider}
          testUrl={testUrl}
          save={save}
          sample={sample}
          draft={drafts.current.get(provider)}
          keep={(edit) => drafts.current.set(provider, { ...drafts.current.get(provider), ...edit })}
        />
      )}
    </div>
  );
}
