import type { ReactNode } from "react";
import { EditedMark } from "#components/roster/edited-mark.tsx";
import type { RecordEdits } from "#lib/services/edits/schema.ts";
import { release } from "./actions.ts";

/** For each field whether an admin edited it, with the way back to what the SIS says. */
export function editedMarks({ edits }: RecordEdits, entity: "account" | "classroom", id: string, mayRelease: boolean) {
  return (field: string): ReactNode => {
    const edit = edits.find((one) => one.field === field);
    return edit === undefined ? null : (
      <EditedMark key={field} edit={edit} release={mayRelease ? release.bind(null, entity, id, field) : null} />
    );
  };
}
