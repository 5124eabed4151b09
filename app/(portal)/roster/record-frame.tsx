import { type ReactNode, Suspense } from "react";
import { pageResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { addressOfPage, reachPage } from "#app/session.ts";
import { RecordSkeleton } from "#components/roster/record-skeleton.tsx";
import { type RecordKind, requireRecord } from "#lib/services/chain/there.ts";
import type { RecordParams } from "./record-params.ts";

export interface RecordFrameProps {
  readonly params: RecordParams;
  readonly children: ReactNode;
}

/**
 * Around the page of a record: whether there is one decides the status, which is sent at once; what is told of it follows into the place of a
 * skeleton. A layout, so that another page of the same record's history comes without one. Of the record itself nothing is shown here: who
 * looks at it is recorded first.
 */
export async function RecordFrame({ kind, params, children }: RecordFrameProps & { readonly kind: RecordKind }) {
  const scope = await reachPage("read-roster");
  const { id } = await params;
  await pageResult(await addressOfPage(), async () => requireRecord(await services(), scope, kind, id));
  return <Suspense fallback={<RecordSkeleton />}>{children}</Suspense>;
}
