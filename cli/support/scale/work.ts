import type { UnitCosts } from "./costs.ts";
import type { District } from "./districts.ts";

/** What a sync takes: of its SIS, of its worker's CPU and of the database's. */
export interface Work {
  /** Until all that it has to tell is there. */
  readonly sisSeconds: number;
  /** These two when the run has its turn. */
  readonly workerSeconds: number;
  readonly databaseSeconds: number;
}

export interface Assumptions {
  /** Users and enrollments, schools and classes, for each pupil. */
  readonly rowsPerPupil: number;
  /** Of the rows, how many have changed since yesterday. */
  readonly changedShare: number;
  readonly sisRowsPerSecond: number;
  /** To connect, sign in, and be told that there is nothing new. */
  readonly sisSecondsAtLeast: number;
}

export function workOf({ pupils, night }: Pick<District, "pupils" | "night">, costs: UnitCosts, assumed: Assumptions): Work {
  const rows = pupils * assumed.rowsPerPupil;
  const changed = rows * assumed.changedShare;
  if (night === "unchanged") {
    return {
      sisSeconds: assumed.sisSecondsAtLeast + rows / assumed.sisRowsPerSecond,
      workerSeconds: costs.idleRun.worker + thousands(rows) * costs.workerPerThousandUnchanged,
      databaseSeconds: costs.idleRun.database,
    };
  }
  const read = night === "everything" ? rows : changed;
  return {
    sisSeconds: assumed.sisSecondsAtLeast + read / assumed.sisRowsPerSecond,
    workerSeconds: costs.plannedRun.worker + thousands(read) * costs.workerPerThousandRead,
    databaseSeconds:
      costs.plannedRun.database +
      thousands(read) * costs.databasePerThousandCompared +
      thousands(changed) * costs.databasePerThousandWritten,
  };
}

const thousands = (rows: number) => rows / 1000;
