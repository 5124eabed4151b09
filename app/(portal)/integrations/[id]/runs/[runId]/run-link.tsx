import Link from "next/link";
import { paths } from "#app/paths.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";

/** Another run of the same integration. */
export function RunLink({ run, id, children }: { readonly run: RunDetail; readonly id: string; readonly children: string }) {
  return (
    <Link href={paths.run(run.integrationId, id)} className="text-link">
      {children}
    </Link>
  );
}
