"use client";
import { useRouter } from "next/navigation";
import { lazy, type ReactNode, Suspense, useRef, useState, useTransition } from "react";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogTrigger, type TriggerElement } from "#components/ui/dialog-trigger.tsx";
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

interface OpenerProps {
  readonly trigger: TriggerElement;
  readonly fetchIt: () => Promise<unknown>;
  readonly children: (close: () => void) => ReactNode;
}

/** A button and the dialog that it opens, which begins anew each time with what is set. */
function Opener({ trigger, fetchIt, children }: OpenerProps) {
  const [isOpen, setOpen] = useState(false);
  const pressed = useRef<HTMLElement>(null);
  return (
    <>
      <DialogTrigger of={trigger} isOpen={isOpen} onOpen={() => setOpen(true)} fetchIt={fetchIt} pressed={pressed} />
      {isOpen ? <Suspense>{children(() => setOpen(false))}</Suspense> : null}
    </>
  );
}

export function ChangeSchedule(props: Omit<ScheduleDialogProps, "onClose">) {
  return (
    <Opener trigger={<RowTrigger label="Change schedule" />} fetchIt={schedule}>
      {(close) => <ScheduleDialog {...props} onClose={close} />}
    </Opener>
  );
}

export function ChangeSafety(props: Omit<SafetyDialogProps, "onClose">) {
  return (
    <Opener trigger={<RowTrigger label="Change limits" />} fetchIt={safety}>
      {(close) => <SafetyDialog {...props} onClose={close} />}
    </Opener>
  );
}

export function ChangeFullRead(props: Omit<FullReadDialogProps, "onClose">) {
  return (
    <Opener trigger={<RowTrigger label="Change the full read" />} fetchIt={fullRead}>
      {(close) => <FullReadDialog {...props} onClose={close} />}
    </Opener>
  );
}

export function ChangeReadingRules(props: Omit<ReadingRulesDialogProps, "onClose">) {
  return (
    <Opener trigger={<RowTrigger label="Change names, roles and words" />} fetchIt={readingRules}>
      {(close) => <ReadingRulesDialog {...props} onClose={close} />}
    </Opener>
  );
}

export function AddBlackoutDates(props: Omit<AddBlackoutProps, "onClose">) {
  return (
    <Opener trigger={<Button size="sm">Add dates</Button>} fetchIt={blackout}>
      {(close) => <AddBlackout {...props} onClose={close} />}
    </Opener>
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
