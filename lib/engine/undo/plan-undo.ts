import { few, isRosterShared, tuneForFew, tuneForSets } from "#lib/engine/sync/plan-context.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { contextOf, execute, type UndoContext } from "./context.ts";
import {
  leaveMembershipsOfWhoLeft,
  leaveMovedLinks,
  leaveWhatChanged,
  leaveWhatIsNoLongerKept,
  leaveWhatIsUsed,
  leaveWhatOthersHave,
  leaveWhatRowsLeadTo,
  leaveWhoIsHeld,
} from "./left-alone.ts";
import { loadChanges, loadLater, loadRows } from "./load.ts";
import { keepWhatIsReferredTo } from "./referred-to.ts";
import type { Subject } from "./subject.ts";

/**
 * Works out what taking a run back means, record by record, in tables that end with the transaction; nothing else is
 * written. A record that a person or another sync changed since, that others need, or that somebody uses is left alone:
 * its `why` says so, and its rows in the mirror stay as they are.
 */
export async function planUndo(tx: Tx, subject: Subject): Promise<UndoContext> {
  const context = contextOf(tx, subject);
  await tuneForSets(tx.sql);
  const changes = await loadChanges(context);
  const rows = await loadRows(context, subject.runIds.length > 1);
  if (changes + rows < few) await tuneForFew(tx.sql);
  await loadLater(context);
  await leaveWhatChanged(context);
  if (await isRosterShared(context)) await leaveWhatOthersHave(context);
  await leaveWhatIsUsed(context);
  await leaveWhoIsHeld(context);
  await leaveWhatIsNoLongerKept(context);
  await leaveWhatRowsLeadTo(context);
  await leaveMembershipsOfWhoLeft(context);
  // Each may leave alone what the other then has to.
  while ((await leaveMovedLinks(context)) + (await keepWhatIsReferredTo(context)) > 0);
  await execute(
    context,
    `update undo_rows r set is_left = true
    where r.before is null
      or r.leads_to in (select record_id from undo_changes where why is not null)
      or r.led_to in (select record_id from undo_changes where why is not null)`,
  );
  return context;
}
