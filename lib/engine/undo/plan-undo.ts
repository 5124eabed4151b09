import { few, isRosterShared, tuneForFew, tuneForSets } from "#lib/engine/sync/plan-context.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { clearTables, contextOf, execute, isOwn, leftAlone, type UndoContext } from "./context.ts";
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
 * Works out what taking a run back means, record by record, in tables that are there for `work` and no longer; nothing
 * else is written. A record that a person or another sync changed since, that others need, or that somebody uses is
 * left alone: its `why` says so, and its rows in the mirror stay as they are.
 */
export async function withPlannedUndo<T>(tx: Tx, subject: Subject, work: (context: UndoContext) => Promise<T>): Promise<T> {
  const context = await contextOf(tx, subject);
  await planUndo(context, subject);
  const result = await work(context);
  await clearTables(context);
  return result;
}

async function planUndo(context: UndoContext, subject: Subject): Promise<void> {
  const { sql } = context;
  await tuneForSets(sql);
  const changes = await loadChanges(context);
  const rows = await loadRows(context, subject.runIds.length > 1);
  if (changes + rows < few) await tuneForFew(sql);
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
    `update ${context.into.rows} r set is_left = true
    where ${isOwn(context, "r")}
      and (r.before is null or r.leads_to in ${leftAlone(context)} or r.led_to in ${leftAlone(context)})`,
  );
}
