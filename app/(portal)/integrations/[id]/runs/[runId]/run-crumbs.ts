import { paths } from "#app/paths.ts";
import type { Crumb } from "#components/ui/breadcrumbs.tsx";
import type { RunDetail } from "#lib/services/runs/schema.ts";

/** The way to a run. */
export function runCrumbs({ integrationId, integrationName }: RunDetail): readonly Crumb[] {
  return [
    { label: "SIS Integration", href: paths.integrations() },
    { label: integrationName, href: paths.integration(integrationId) },
  ];
}
