"use client";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { toneText } from "#components/ui/tone.ts";
import type { BarWords } from "./test-words.ts";
import type { ConnectionTest } from "./use-connection-test.ts";

export interface SaveBarProps {
  readonly words: BarWords;
  readonly test: Pick<ConnectionTest, "status" | "stop">;
  /** What is to be tested is on its way into the form. */
  readonly isFilling?: boolean;
  readonly onTest: () => void;
  /** Save, and what stands beside it. */
  readonly children: ReactNode;
}

/** Stays at the foot of the screen however long the form is: what is missing, *Test Connection*, and save. */
export function SaveBar({ words, test, isFilling = false, onTest, children }: SaveBarProps) {
  const isRunning = test.status === "running";
  return (
    <div className="sticky bottom-0 z-20 flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-line bg-canvas py-3">
      <p className={`min-w-0 flex-1 basis-48 text-sm ${toneText[words.tone]}`}>{words.text}</p>
      <div className="flex flex-wrap gap-2 max-sm:w-full max-sm:[&>*]:min-h-11 max-sm:[&>*]:flex-1">
        {isRunning ? (
          <Button variant="quiet" onClick={test.stop}>
            Stop
          </Button>
        ) : null}
        <Button icon={<Icon name="plug-zap" />} pending={isRunning || isFilling} onClick={onTest}>
          Test Connection
        </Button>
        {children}
      </div>
    </div>
  );
}
