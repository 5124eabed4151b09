"use client";
import { clsx } from "clsx";
import { useState } from "react";
import { AboutLink } from "#components/help/about-link.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { providerWords } from "./provider-words.ts";
import { guides } from "./setup-guides.tsx";

/** The steps on the SIS's side, beside the form that asks for their result; on a phone, folded above it. */
export function SetupGuide({ provider }: { readonly provider: ProviderId }) {
  const [isOpen, setOpen] = useState(false);
  const { title, lead, steps, hints } = guides[provider];
  return (
    <aside aria-labelledby="setup-guide" className="text-sm">
      <div className="flex items-start justify-between gap-3 border-b border-line pb-3">
        <div className="grid gap-0.5">
          <h2 id="setup-guide" className="text-head">
            {title}
          </h2>
          <p className="text-small text-muted">{lead}</p>
        </div>
        <Button size="sm" className="lg:hidden" aria-expanded={isOpen} aria-controls="setup-steps" onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Hide steps" : "Show steps"}
        </Button>
      </div>
      <div id="setup-steps" className={clsx(!isOpen && "max-lg:hidden")}>
        <ol className="mt-4 grid gap-3">
          {steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a guide never change their order
            <li key={index} className="flex gap-3">
              <span aria-hidden className="w-4 shrink-0 text-muted tabular-nums">
                {index + 1}
              </span>
              <div className="min-w-0 flex-1 text-soft">
                {step.text}
                {step.picture}
              </div>
            </li>
          ))}
        </ol>
        <p className="mt-4 text-small">
          <AboutLink page={`providers/${provider}`}>The whole guide to {providerWords[provider].name}</AboutLink>
        </p>
        <ul className="mt-4 grid gap-2 border-t border-line pt-4 text-small text-pretty text-muted">
          {hints.map((hint) => (
            <li key={hint}>{hint}</li>
          ))}
        </ul>
      </div>
    </aside>
  );
}

/** For whoever has not chosen yet. */
export function WhichProvider({ providers }: { readonly providers: readonly ProviderId[] }) {
  return (
    <aside aria-labelledby="which-provider" className="text-sm">
      <h2 id="which-provider" className="border-b border-line pb-3 text-head">
        Which one is ours?
      </h2>
      <dl className="divide-y divide-line">
        {providers.map((provider) => (
          <div key={provider} className="grid gap-x-6 py-3 sm:grid-cols-[9rem_minmax(0,1fr)]">
            <dt className="font-strong">{providerWords[provider].name}</dt>
            <dd className="text-muted">{guides[provider].isFor}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
