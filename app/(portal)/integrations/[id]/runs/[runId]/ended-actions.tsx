import { startRun } from "#app/(portal)/integrations/actions.ts";
import { PersonSync } from "#app/(portal)/integrations/person-sync.tsx";
import { OnlyFor } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { leftAloneOf, nameOfRun } from "#components/runs/run-words.ts";
import { StartRun } from "#components/runs/start-run.tsx";
import { UndoRun } from "#components/runs/undo-run.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import { lookAtUndo, undo } from "./actions.ts";

/** What can be done about a run that is over: taken along, taken back, or run again. */
export function EndedActions({ run }: { readonly run: RunDetail }) {
  if (run.state === "failed")
    return run.kind === "undo" || run.disconnects ? null : (
      <OnlyFor capability="run-syncs">
        <Again run={run} />
      </OnlyFor>
    );
  return (
    <>
      {run.state === "succeeded" && run.changeCount + leftAloneOf(run) > 0 ? (
        <LinkButton external href={paths.api.runChangesExport(run.id)} icon={<Icon name="download" />}>
          Download CSV
        </LinkButton>
      ) : null}
      {/* Offered for a week on the run that is the next to be taken back; the command line does longer. */}
      <OnlyFor capability="decide">
        {run.undo?.isRecent ? <UndoRun name={nameOfRun(run)} look={lookAtUndo.bind(null, run.id)} undo={undo.bind(null, run.id)} /> : null}
      </OnlyFor>
    </>
  );
}

/** Once the cause is mended. */
function Again({ run: { integrationId, integrationName, provider, person } }: { readonly run: RunDetail }) {
  if (person) return <PersonSync {...{ integrationId, integrationName, provider }} externalId={person.externalId} />;
  return <StartRun kind="sync" integrationName={integrationName} start={startRun.bind(null, integrationId, "sync")} />;
}
