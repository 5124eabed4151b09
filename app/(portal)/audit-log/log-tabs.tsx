import { paths } from "#app/paths.ts";
import { LinkTabs } from "#components/ui/link-tabs.tsx";

/** What was done, and what was looked at. */
export function LogTabs({ current }: { readonly current: "entries" | "views" }) {
  return (
    <LinkTabs
      label="Audit log"
      tabs={[
        { label: "What was done", href: paths.auditLog(), current: current === "entries" },
        { label: "Who looked", href: paths.views(), current: current === "views" },
      ]}
    />
  );
}
