"use client";
import { useRouter } from "next/navigation";
import { type Result, unreachable } from "#components/settings/result.ts";
import { toast } from "#components/ui/toast.tsx";

export interface DoNowInput {
  readonly done: string;
  readonly failed: string;
  readonly act: () => Promise<Result>;
}

/** Does at once what takes nothing away, and says what came of it. */
export function useDoNow(): (input: DoNowInput) => Promise<void> {
  const router = useRouter();
  return async ({ done, failed, act }) => {
    const result = await act().catch(() => unreachable);
    toast(result.ok ? { tone: "good", title: done } : { tone: "bad", title: failed, description: result.message });
    router.refresh();
  };
}
