import type { Version } from "#sandbox/district/habits.ts";
import type { LiveDistrict } from "#sandbox/district/live.ts";
import type { FaultBoard } from "#sandbox/http/faults.ts";
import type { SeenRequest } from "#sandbox/http/server.ts";

export interface ControlOptions {
  readonly district: LiveDistrict;
  readonly faults: FaultBoard;
  readonly port?: number;
  readonly servers: readonly ControlledServer[];
  readonly oneRosterVersion: () => Version;
  /** What else can be done, by name. */
  readonly actions: Readonly<Record<string, () => void>>;
  readonly onAdvance: () => void;
}

export interface ControlledServer {
  readonly name: string;
  readonly title: string;
  readonly address: string;
  requests(): readonly SeenRequest[];
}

/** What is in force today. */
export function counts(district: LiveDistrict) {
  const { today } = district;
  const active = (table: { readonly size: number; get(name: "active", row: number): number }) => {
    let count = 0;
    for (let row = 0; row < table.size; row++) count += table.get("active", row);
    return count;
  };
  return {
    schools: active(today.orgs) - 1,
    classes: active(today.classes),
    people: active(today.people),
    enrollments: active(today.enrollments),
  };
}
