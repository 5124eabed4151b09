import type { Metadata } from "next";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { ScopeForm } from "#components/integrations/scope-form.tsx";
import { StartRun } from "#components/runs/start-run.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { getScopeInFull, scopeChoices } from "#lib/services/scope/read.ts";
import { consequencesInWords } from "#lib/services/scope/schema.ts";
import { count, save, search, startFromMemory } from "./actions.ts";

export const metadata: Metadata = { title: "Scope" };

export default async function ScopePage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const access = await adminPage("change-integrations", "read-syncs");
  const { id } = await params;
  const { integration, state, schools, terms, courses } = await pageResult(await addressOfPage(), async () => {
    const opened = await services();
    const choices = (list: "schools" | "terms" | "courses") => scopeChoices(opened, access, id, { list });
    return {
      integration: await getIntegration(opened, access, id),
      state: await getScopeInFull(opened, access, id),
      schools: await choices("schools"),
      terms: await choices("terms"),
      courses: await choices("courses"),
    };
  });
  const { name } = integration;
  const unavailable = integration.state === "paused" ? { unavailable: "The integration is paused. Resume it first." } : {};
  const grades = state.grades.length > 0 ? state.grades : gradeCodes.map((grade) => ({ id: grade, name: grade, hint: null, count: 0 }));
  return (
    <>
      <PageHeader
        title="Scope"
        lead={`What Aivo leaves out of what ${name} sends. Everything else comes through.`}
        breadcrumbs={[
          { label: "SIS Integration", href: paths.integrations() },
          { label: name, href: paths.integration(id) },
        ]}
      />
      {state.isRead && !state.isApplied ? (
        <Callout
          tone="info"
          title="The next sync applies this scope"
          action={
            <span className="flex flex-wrap gap-2">
              <StartRun kind="preview" integrationName={name} start={startFromMemory.bind(null, id, "preview")} {...unavailable} />
              <StartRun
                kind="sync"
                label="Apply now"
                variant="primary"
                integrationName={name}
                start={startFromMemory.bind(null, id, "sync")}
                {...unavailable}
              />
            </span>
          }
        >
          Or see first what it does, or apply it now: from what the SIS said last, without asking it again.
        </Callout>
      ) : null}
      {state.isRead ? null : (
        <Callout tone="neutral" title="Nothing has been read yet">
          Schools, terms and courses can be chosen once a preview or a sync has read the SIS. Kinds and grades can be left out from the
          start.
        </Callout>
      )}
      <ScopeForm
        key={JSON.stringify(state.scope)}
        state={state}
        consequences={consequencesInWords(state.counts, state.scope)}
        choices={{ schools, terms, courses }}
        grades={grades.map((grade) => ({ ...grade, name: formatGrade(grade.id) }))}
        count={count.bind(null, id)}
        search={search.bind(null, id)}
        save={save.bind(null, id)}
      />
    </>
  );
}
