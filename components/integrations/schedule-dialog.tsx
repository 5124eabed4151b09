"use client";
import { useState } from "react";
import { EditDialog } from "./edit-dialog.tsx";
import { choiceOf, cronOf, ScheduleFields } from "./schedule-fields.tsx";
import type { Answer } from "./types.ts";

export interface ScheduleDialogProps {
  readonly schedule: string | null;
  readonly save: (cron: string | null) => Promise<Answer>;
  readonly onClose: () => void;
}

/** When an integration syncs by itself; see `ChangeSchedule`. */
export function ScheduleDialog({ schedule, save, onClose }: ScheduleDialogProps) {
  const [choice, setChoice] = useState(choiceOf(schedule));
  return (
    <EditDialog title="Schedule" done="Schedule saved" save={() => save(cronOf(choice))} onClose={onClose}>
      {(problem) => <ScheduleFields value={choice} onChange={setChoice} error={problem?.fields.schedule} />}
    </EditDialog>
  );
}
