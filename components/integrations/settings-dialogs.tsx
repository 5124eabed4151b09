"use client";
import { useRouter } from "next/navigation";
import { lazy, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogOpener } from "#components/ui/dialog-opener.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AddBlackoutProps } from "./blackout-dialog.tsx";
import type { FullReadDialogProps } from "./full-read-dialog.tsx";
import type { ReadingRulesDialogProps } from "./reading-rules-dialog.tsx";
import type { SafetyDialogProps } from "./safety-dialog.tsx";
import type { ScheduleDialogProps } from "./schedule-dialog.tsx";
import { RowTrigger } from "./setting-row.tsx";
import type { Answer } from "./types.ts";

const schedule = () => import("./schedule-dialog.tsx");
const safety = () => import("./safety-dialog.tsx");
const fullRead = () => import("./full-read-dialog.tsx");
const readingRules = () => import("./reading-rules-dialog.tsx");
const blackout = () => import("./blackout-dialog.tsx");
const ScheduleDialog = lazy(() => schedule().then(({ ScheduleDialog }) => ({ default: ScheduleDialog })));
const SafetyDialog = lazy(() => safety().then(({ SafetyDialog }) => ({ default: SafetyDialog })));
const FullReadDialog = lazy(() => fullRead().then(({ FullReadDialog }) => ({ default: FullReadDialog })));
const ReadingRulesDialog = lazy(() => readingRules().then(({ ReadingRulesDialog }) => ({ default: ReadingRulesDialog })));
const AddBlackout = lazy(() => blackout().then(({ AddBlackout }) => ({ default: AddBlackout })));

export function ChangeSchedule(props: Omit<ScheduleDialogProps, "onClose">) {
  return (
    <DialogOpener trigger={<RowTrigger label="Change schedule" />} fetchIt={schedule}>
      {({ onClose }) => <ScheduleDialog {...props} onClose={onClose} />}
    </DialogOpener>
  );
}

export function ChangeSafety(props: Omit<SafetyDialogProps, "onClose">) {
  return (
    <DialogOpener trigger={<RowTrigger label="Change limits" />} fetchIt={safety}>
      {({ onClose }) => <SafetyDialog {...props} onClose={onClose} />}
    </DialogOpener>
  );
}

export function ChangeFullRead(props: Omit<FullReadDialogProps, "onClose">) {
  return (
    <DialogOpener trigger={<RowTrigger label="Change the full read" />} fetchIt={fullRead}>
      {({ onClose }) => <FullReadDialog {...props} onClose={onClose} />}
    </DialogOpener>
  );
}

export function ChangeReadingRules(props: Omit<ReadingRulesDialogProps, "onClose">) {
  return (
    <DialogOpener trigger={<RowTrigger label="Change names, roles and words" />} fetchIt={readingRules}>
      {({ onClose }) => <ReadingRulesDialog {...props} onClose={onClose} />}
    </DialogOpener>
  );
}

export function AddBlackoutDates(props: Omit<AddBlackoutProps, "onClose">) {
  return (
    <DialogOpener trigger={<Button size="sm">Add dates</Button>} fetchIt={blackout}>
      {({ onClose }) => <AddBlackout {...props} onClose={onClose} />}
    </DialogOpener>
  );
}

export function PauseOrResume({ isPaused, change }: { readonly isPaused: boolean; readonly change: () => Promise<Answer> }) {
  const router = useRouter();
  const [pending, begin] = useTransition();
  const click = () =>
    begin(async () => {
      const answer = await change().catch(() => unreachable);
      toast(
        answer.ok
          ? { tone: "good", title: isPaused ? "Integration resumed" : "Integration paused" }
          : { tone: "bad", title: answer.message },
      );
      router.refresh();
    });
  return (
    <Button size="sm" pending={pending} onClick={click}>
      {isPaused ? "Resume" : "Pause"}
    </Button>
  );
}
