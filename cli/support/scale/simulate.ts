import type { Work } from "./work.ts";

/** A sync that is asked for at a moment, in seconds from the start of the night. */
export interface Job extends Work {
  readonly dueAt: number;
}

export interface Machines {
  readonly workers: number;
  /** Syncs at once in a worker, and those of them that are past their read. */
  readonly slots: number;
  readonly turns: number;
  /** A worker is one process that computes on one CPU. */
  readonly workerCpus: number;
  /** What the primary's CPUs give, in seconds of work for each second. */
  readonly databaseCpus: number;
}

export interface NightReport {
  /** From being due to being begun. */
  readonly longestWait: number;
  readonly medianWait: number;
  /** From being due to its end. */
  readonly longestDelay: number;
  /** From the first that was due to the last that ended. */
  readonly lasted: number;
  /** While somebody waited for a slot: the share of the workers' slots, of their turns, of their CPUs and of the primary's in use. */
  readonly busy: { readonly slots: number; readonly workerCpus: number; readonly turns: number; readonly databaseCpus: number };
  /** The most syncs that used the database at once. */
  readonly mostTurns: number;
  readonly mostSlots: number;
}

/** What a sync waits for: its SIS, its turn, its worker's CPU, the database. The last two while it has its turn. */
type Stage = "sis" | "line" | "worker" | "database";
interface Running {
  readonly job: Job;
  readonly worker: number;
  stage: Stage;
  /** Of the stage, in seconds of what it takes. */
  left: number;
}

/**
 * A night, event by event. A sync waits for a slot, in the order in which they were due; for its SIS; for one of the worker's turns; then
 * computes on the worker's CPU, and keeps one connection of the primary at work. Who is at the same CPUs shares them alike, and nobody has
 * more than one.
 */
export function simulate(jobs: readonly Job[], machines: Machines): NightReport {
  const waiting = [...jobs].sort((a, b) => a.dueAt - b.dueAt);
  const running: Running[] = [];
  const waits: number[] = [];
  const used = { slots: 0, workerCpus: 0, turns: 0, databaseCpus: 0, seconds: 0 };
  let [next, now, longestDelay, mostTurns, mostSlots] = [0, 0, 0, 0, 0];
  const firstDue = waiting[0]?.dueAt ?? 0;

  for (;;) {
    begin();
    giveTurns(running, machines);
    const due = waiting[next]?.dueAt ?? Number.POSITIVE_INFINITY;
    if (running.length === 0 && due === Number.POSITIVE_INFINITY) break;
    const speeds = speedsOf(running, machines);
    const end = running.reduce(
      (soonest, run, at) => Math.min(soonest, run.stage === "line" ? soonest : run.left / (speeds[at] ?? 1)),
      Infinity,
    );
    // Those that are due already wait for a slot, which only an end gives.
    const step = Math.min(end, due > now ? due - now : Number.POSITIVE_INFINITY);
    account(step, speeds);
    now += step;
    running.forEach((run, at) => {
      if (run.stage !== "line") run.left -= (speeds[at] ?? 0) * step;
    });
    for (let at = running.length - 1; at >= 0; at--) finish(at);
  }
  waits.sort((a, b) => a - b);
  const share = (what: number, of: number) => (used.seconds === 0 ? 0 : what / (of * used.seconds));
  const { workers, slots, turns, workerCpus, databaseCpus } = machines;
  return {
    longestWait: waits.at(-1) ?? 0,
    medianWait: waits[Math.floor(waits.length / 2)] ?? 0,
    longestDelay,
    lasted: now - firstDue,
    busy: {
      slots: share(used.slots, workers * slots),
      workerCpus: share(used.workerCpus, workers * workerCpus),
      turns: share(used.turns, workers * turns),
      databaseCpus: share(used.databaseCpus, databaseCpus),
    },
    mostTurns,
    mostSlots,
  };

  function begin(): void {
    const free = Array.from({ length: machines.workers }, () => machines.slots);
    for (const run of running) free[run.worker] = (free[run.worker] ?? 0) - 1;
    for (let job = waiting[next]; job && job.dueAt <= now; job = waiting[next]) {
      const most = Math.max(...free);
      if (most === 0) return;
      const worker = free.indexOf(most);
      free[worker] = most - 1;
      running.push({ job, worker, stage: "sis", left: job.sisSeconds });
      waits.push(now - job.dueAt);
      next++;
    }
  }

  function account(step: number, speeds: readonly number[]): void {
    const turns = running.filter(hasTurn).length;
    mostTurns = Math.max(mostTurns, turns);
    mostSlots = Math.max(mostSlots, running.length);
    if ((waiting[next]?.dueAt ?? Number.POSITIVE_INFINITY) > now) return;
    used.seconds += step;
    used.slots += step * running.length;
    used.turns += step * turns;
    running.forEach(({ stage }, at) => {
      if (stage === "worker") used.workerCpus += step * (speeds[at] ?? 0);
      if (stage === "database") used.databaseCpus += step * (speeds[at] ?? 0);
    });
  }

  function finish(at: number): void {
    const run = running[at];
    if (!run || run.stage === "line" || run.left > 1e-9) return;
    if (run.stage === "sis") run.stage = "line";
    else if (run.stage === "worker") {
      run.stage = "database";
      run.left = run.job.databaseSeconds;
    } else {
      longestDelay = Math.max(longestDelay, now - run.job.dueAt);
      running.splice(at, 1);
    }
  }
}

/** In the order in which they came. */
function giveTurns(running: readonly Running[], { workers, turns }: Machines): void {
  const free = Array.from({ length: workers }, () => turns);
  for (const run of running) if (hasTurn(run)) free[run.worker] = (free[run.worker] ?? 0) - 1;
  for (const run of running) {
    if (run.stage !== "line" || (free[run.worker] ?? 0) === 0) continue;
    free[run.worker] = (free[run.worker] ?? 0) - 1;
    run.stage = "worker";
    run.left = run.job.workerSeconds;
  }
}

function hasTurn({ stage }: Running): boolean {
  return stage === "worker" || stage === "database";
}

/** How much of its stage each does in a second. */
function speedsOf(running: readonly Running[], { workers, workerCpus, databaseCpus }: Machines): readonly number[] {
  const computing = Array.from({ length: workers }, () => 0);
  for (const { stage, worker } of running) if (stage === "worker") computing[worker] = (computing[worker] ?? 0) + 1;
  const inDatabase = running.filter(({ stage }) => stage === "database").length;
  return running.map(({ stage, worker }) => {
    if (stage === "line") return 0;
    if (stage === "sis") return 1;
    return stage === "worker" ? Math.min(1, workerCpus / (computing[worker] ?? 1)) : Math.min(1, databaseCpus / inDatabase);
  });
}

/** What was in use most while somebody waited; "nothing" where nobody did. */
export function saturatedFirst({ busy, longestWait }: Pick<NightReport, "busy" | "longestWait">): string {
  if (longestWait < 1) return "nothing";
  const names = {
    databaseCpus: "the primary's CPUs",
    workerCpus: "the workers' CPUs",
    turns: "the workers' turns",
    slots: "the workers' slots",
  };
  // Of those that are as full as each other, what the others wait for: slots are full whenever somebody waits.
  const [fullest] = (Object.keys(names) as (keyof typeof names)[]).filter((one) => busy[one] >= 0.9);
  return names[fullest ?? "slots"];
}
