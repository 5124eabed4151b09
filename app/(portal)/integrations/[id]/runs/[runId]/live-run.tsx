import { OnlyFor } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { CancelRun } from "#components/runs/cancel-run.tsx";
import { RunLive } from "#components/runs/run-live.tsx";
import { nameOfRun } from "#components/runs/run-words.ts";
import { Queries } from "#components/shell/queries.tsx";
import type { PastRun, RunDetail, RunProgressView } from "#lib/services/runs/schema.ts";
import { cancel } from "./actions.ts";
import { runCrumbs } from "./run-crumbs.ts";
import { RunLead } from "./run-lead.tsx";

export interface LiveRunProps {
  readonly run: RunDetail;
  readonly progress: RunProgressView;
  readonly past: PastRun | null;
}

/** A run that is under way. */
export function LiveRun({ run, progress, past }: LiveRunProps) {
  return (
    <Queries>
      <RunLive
        url={paths.api.run(run.id)}
        initial={progress}
        name={nameOfRun(run)}
        past={past}
        breadcrumbs={runCrumbs(run)}
        lead={<RunLead run={run} />}
        cancel={
          <OnlyFor capability="run-syncs">
            <CancelRun cancel={cancel.bind(null, run.id)} />
          </OnlyFor>
        }
      />
    </Queries>
  );
}
