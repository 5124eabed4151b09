"use client";
import { clsx } from "clsx";
import { useState } from "react";
import { AboutLink } from "#components/help/about-link.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { providerWords } from "./provider-words.ts";
import { guides } from "./setup-guides.tsx";

const frame = "rounded-lg border border-line bg-sunken/60 p-5 text-sm";

/** The steps on the SIS's side, beside the form that asks for their result; on a phone, folded above it. */
export function SetupGuide({ provider }: { readonly provider: ProviderId }) {
  const [isOpen, setOpen] = useState(false);
  const { title, lead, steps, hints } = guides[provider];
  return (
    <aside aria-labelledby="setup-guide" className={frame}>
      <div className="flex items-start justify-between gap-3">
        <div>
          <h2 id="setup-guide" className="text-head">
            {title}
          </h2>
          <p className="text-muted">{lead}</p>
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
              <span
                aria-hidden
                className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-fine font-semibold text-accent"
              >
                {index + 1}
              </span>
              <div className="min-w-0 flex-1 pt-0.5">
                {step.text}
                {step.picture}
              </div>
            </li>
          ))}
        </ol>
        <p className="mt-4 text-small">
          <AboutLink page={`providers/${provider}`}>The whole guide to {providerWords[provider].name}</AboutLink>
        </p>
        <ul className="mt-5 grid gap-2 border-t border-line pt-4 text-small text-muted">
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
    <aside aria-labelledby="which-provider" className={frame}>
      <h2 id="which-provider" className="text-head">
        Which one is ours?
      </h2>
      <dl className="mt-3 grid gap-3">
        {providers.map((provider) => (
          <div key={provider}>
            <dt className="font-medium">{providerWords[provider].name}</dt>
            <dd className="text-muted">{guides[provider].isFor}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
