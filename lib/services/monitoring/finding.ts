/** One thing that was looked at. `remedy`: what to do, where it is not as it should be. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warning" | "failed";
  readonly found: string;
  readonly remedy: string | null;
}

export function ok(check: string, found: string): Finding {
  return { check, state: "ok", found, remedy: null };
}

export function failed(check: string, found: string, remedy: string): Finding {
  return { check, state: "failed", found, remedy };
}

export function warning(check: string, found: string, remedy: string): Finding {
  return { check, state: "warning", found, remedy };
}
