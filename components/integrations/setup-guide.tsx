import type { AvailableProvider } from "#lib/sis/credentials.ts";
import { providerWords, setupGuides } from "./provider-words.ts";

/** The steps on the SIS's side, beside the form that asks for their result. */
export function SetupGuide({ provider }: { readonly provider: AvailableProvider }) {
  const guide = setupGuides[provider];
  return (
    <aside aria-labelledby="setup-guide" className="rounded-lg border border-line bg-sunken/60 p-5 text-sm">
      <h2 id="setup-guide" className="text-base font-semibold">
        Using {providerWords[provider].name}
      </h2>
      <p className="text-muted">{guide.lead}</p>
      <ol className="mt-4 grid gap-3">
        {guide.steps.map((step, index) => (
          <li key={step} className="flex gap-3">
            <span
              aria-hidden
              className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
            >
              {index + 1}
            </span>
            <span className="pt-0.5">{step}</span>
          </li>
        ))}
      </ol>
      <ul className="mt-5 grid gap-2 border-t border-line pt-4 text-[0.8125rem] text-muted">
        {guide.hints.map((hint) => (
          <li key={hint}>{hint}</li>
        ))}
      </ul>
    </aside>
  );
}
