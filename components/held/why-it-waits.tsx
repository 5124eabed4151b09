import { Card } from "#components/ui/card.tsx";
import type { FindingView } from "#lib/services/runs/schema.ts";

/** What the guard found, in its sentences, each with what to look at before deciding. */
export function WhyItWaits({ findings }: { readonly findings: readonly FindingView[] }) {
  if (findings.length === 0) return null;
  const groups = [...Map.groupBy(findings, ({ title }) => title)];
  return (
    <Card title="Why it waits" aside="what the guard found" flush>
      <ul className="divide-y divide-line text-sm">
        {groups.map(([title, all]) => (
          <li key={title} className="grid gap-1 py-3">
            <h3 className="font-strong">{title}</h3>
            {all.map(({ sentence }) => (
              <p key={sentence} className="max-w-prose text-soft">
                {sentence}
              </p>
            ))}
            <p className="max-w-prose text-small text-muted">
              <span className="font-medium text-soft">What to check: </span>
              {[...new Set(all.map(({ check }) => check))].slice(0, 2).join(" ")}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
