import Link from "next/link";
import { paths } from "#app/paths.ts";
import { CauseList } from "#components/runs/outcome/cause-list.tsx";
import { causesInWords } from "#components/runs/outcome/cause-words.ts";
import { Card } from "#components/ui/card.tsx";
import type { Cause } from "#lib/services/runs/causes-schema.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";

/** What did not come through, a line per cause. */
export function NotThrough({ run, causes }: { readonly run: RunDetail; readonly causes: readonly Cause[] }) {
  if (causes.length === 0) return null;
  const href = (query: Record<string, string | undefined> = {}) => paths.runIssues(run.integrationId, run.id, query);
  return (
    <Card title="What did not come through" aside={causesInWords(causes)} flush>
      <CauseList causes={causes} causeHref={({ code, state }) => href({ code, state: state === "resolved" ? "resolved" : undefined })} />
      <p className="pt-3 text-small">
        <Link href={href()} className="text-link">
          All of it, record by record
        </Link>
      </p>
    </Card>
  );
}
