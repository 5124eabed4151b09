import type { Metadata } from "next";
import { pageResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { isActive, nameOfRun } from "#components/runs/run-words.ts";
import { Queries } from "#components/shell/queries.tsx";
import { readCauses } from "#lib/services/runs/causes.ts";
import { readOtherChanges } from "#lib/services/runs/other-changes.ts";
import { findPastRun } from "#lib/services/runs/past-run.ts";
import { readWhoChanged } from "#lib/services/runs/people-changed.ts";
import { getRunProgress } from "#lib/services/runs/progress.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { show } from "#lib/services/views/record.ts";
import { EndedRun } from "./ended-run.tsx";
import { HeldRun } from "./held-run.tsx";
import { LiveRun } from "./live-run.tsx";
import type { RunPageParams } from "./load-run.ts";
import { WaitingRun } from "./waiting-run.tsx";
import { shownPeople } from "./what-changed.tsx";

type Props = { readonly params: RunPageParams };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const scope = await adminPage("read-syncs");
  const { runId } = await params;
  const run = await pageResult(await addressOfPage(), async () => getRun(await services(), scope, runId));
  return { title: `${nameOfRun(run)} · ${run.integrationName}` };
}

const shownOthers = 10;

/** A run while it goes, while its plan waits, or once it is over. */
export default async function RunPage({ params }: Props) {
  const scope = await adminPage("read-syncs");
  const { runId } = await params;
  return pageResult(await addressOfPage(), async () => {
    const opened = await services();
    // Asked first: it ends a run whose worker is gone.
    const progress = await getRunProgress(opened, scope, runId);
    const run = await getRun(opened, scope, runId);
    if (isActive(run.state)) return <LiveRun run={run} progress={progress} past={await findPastRun(opened, scope, run)} />;
    if (run.state === "held" && run.approvalRunId === null) {
      return (
        <Queries>
          <HeldRun run={run} />
        </Queries>
      );
    }
    if (run.state === "held" || run.state === "previewed") return <WaitingRun run={run} />;
    const [people, others, causes, past] = await show(
      opened,
      scope,
      { door: "/integrations/[id]/runs/[runId]", subject: runId },
      await Promise.all([
        readWhoChanged(opened, scope, [runId], shownPeople),
        run.changeCount > 0 ? readOtherChanges(opened, scope, runId, shownOthers) : [],
        readCauses(opened, scope, runId),
        findPastRun(opened, scope, run),
      ]),
    );
    return <EndedRun run={run} people={people} others={others} causes={causes} past={past} />;
  });
}
