import type { ReactNode } from "react";
import { EditedValue } from "#components/roster/edited-value.tsx";
import type { KeyValueItem } from "#components/ui/key-value.tsx";
import type { RecordEdits } from "#lib/services/edits/schema.ts";
import type { Origin } from "#lib/services/origins/schema.ts";
import { release } from "./actions.ts";

/** A fact with the column that it stands in, where an admin can edit it. */
export type Fact = KeyValueItem & { readonly column?: string; readonly onlyEdited?: boolean };

/**
 * Facts with whose value each is: that of the integration that supplies the record, or one that an admin edited, with a way to give it back.
 * What the title says already is said again where it was edited, or several integrations know the record.
 */
export function markEdits(
  items: readonly Fact[],
  { edits }: RecordEdits,
  id: string,
  origins: readonly Origin[],
  entity: "account" | "classroom" = "account",
): KeyValueItem[] {
  const owner = ownerOf(origins);
  return items.flatMap(({ column, onlyEdited = false, ...item }) => {
    const edit = edits.find(({ field }) => field === column);
    if (edit) {
      const value: ReactNode = (
        <EditedValue key={edit.field} edit={edit} release={release.bind(null, entity, id, edit.field)}>
          {item.value ?? <span className="text-muted">None</span>}
        </EditedValue>
      );
      return [{ ...item, value }];
    }
    if (onlyEdited && origins.length < 2) return [];
    if (column === undefined) return [item];
    return [{ ...item, value: <Owned value={item.value} owner={owner} /> }];
  });
}

function Owned({ value, owner }: { readonly value: ReactNode; readonly owner: string }) {
  return (
    <>
      <div>{value ?? <span className="text-muted">None</span>}</div>
      <div className="text-small text-muted">{owner}</div>
    </>
  );
}

/** Of the integrations that know a record the first supplies it (originsOf()); where none has it any more, what the last one said stands. */
function ownerOf([first]: readonly Origin[]): string {
  if (!first) return "By hand in Aivo";
  const supplies = first.isRostered && first.integrationState === "active";
  return supplies ? `From ${first.integrationName}` : `Last from ${first.integrationName}`;
}
