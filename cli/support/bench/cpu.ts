import { readdirSync, readFileSync } from "node:fs";
import type postgres from "postgres";

/** How much of a CPU processes have used, from their start on. */
export interface CpuClock {
  /** In seconds, to a hundredth; null where the system does not tell. */
  seconds(): number | null;
}

/** Of one process. */
export function cpuOfProcess(pid: number | undefined): CpuClock {
  return { seconds: () => read(() => ticksOf(statOf(pid)).own) };
}

/**
 * Of a PostgreSQL server on this machine: of all its processes, those that have ended included. It goes by what the machine worked and
 * not by how long it took, so that what else the machine does counts for little; what was waited for, such as the disk, is not in it.
 */
export async function cpuOfServer(sql: postgres.Sql): Promise<CpuClock> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const backend = read(() => statOf(row?.pid));
  const postmaster = backend === null ? undefined : backend.parent;
  return {
    seconds: () =>
      read(() => {
        const { own, ended } = ticksOf(statOf(postmaster));
        const children = readdirSync("/proc")
          .filter((name) => /^\d+$/.test(name))
          .flatMap((name) => read(() => statOf(Number(name))) ?? [])
          .filter(({ parent }) => parent === postmaster);
        return own + ended + children.reduce((sum, child) => sum + ticksOf(child).own, 0);
      }),
  };
}

/** The system's ticks, of which every Linux counts a hundred a second for those who ask. */
const ticksPerSecond = 100;

interface Stat {
  readonly parent: number;
  readonly fields: readonly string[];
}

function statOf(pid: number | undefined): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name may hold spaces and brackets: what follows it is counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), fields };
}

/** man 5 proc: utime, stime, cutime, cstime are fields 14 to 17; here from the third on. */
function ticksOf({ fields }: Stat): { own: number; ended: number } {
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (user + system) / ticksPerSecond, ended: (endedUser + endedSystem) / ticksPerSecond };
}

function read<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
