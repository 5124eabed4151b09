import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import postgres from "postgres";
import Client from "ssh2-sftp-client";
import { withoutDelay } from "#lib/platform/db/socket.ts";
import { cpuOfServer } from "./cpu.ts";
import type { BenchServer } from "./server.ts";

export interface Reference {
  /** The median of the samples. */
  readonly seconds: number;
  readonly samples: readonly number[];
  /** What the database's server worked for each of them; null where the system does not tell, or it is none of the database's. */
  readonly cpuSamples?: readonly (number | null)[];
  readonly rows?: number;
  readonly bytes: number;
}

const rosterTables = ["schools", "terms", "courses", "classrooms", "accounts", "memberships"] as const;
/** Of the mirror only the links, as they were before there was one: what remembering what the SIS said costs is to be seen beside it. */
const links = {
  name: "links",
  columns: `district_id, integration_id, collection, external_id, record_id, rostered, matched_by, run_id, source_part, source_position, linked_at,
    ended_at, missing_since`,
  table: `create table bench_reference.links (district_id uuid not null, integration_id uuid not null, entity text not null, external_id text not null,
      record_id uuid not null, rostered boolean not null default true, matched_by text not null, run_id uuid not null, source_part text,
      source_position int, linked_at timestamptz not null default now(), ended_at timestamptz, missing_since timestamptz,
      primary key (district_id, integration_id, entity, external_id));
    create index on bench_reference.links (district_id, record_id);
    create index on bench_reference.links (district_id, integration_id) where missing_since is not null`,
} as const;
const roster = rosterTables.map((table) => ({ table, from: table, columns: "*", make: likeOurs(table) }));
const copyOfLinks = {
  table: links.name,
  from: "(select * from source_records where record_id is not null) m",
  columns: links.columns,
  make: links.table,
};
const wholly = (table: string) => ({ table, from: table, columns: "*", make: likeOurs(table) });
const copied = {
  floor: [...roster, copyOfLinks],
  /** With what a sync changed, which its own page lists whether or not it can be taken back. */
  reported: [...roster, copyOfLinks, wholly("run_changes")],
  /** With what the SIS said, whole, instead of the links alone. */
  remembering: [...roster, wholly("source_records"), wholly("source_record_changes"), wholly("run_changes")],
};
export type Copied = keyof typeof copied;

function likeOurs(table: string): string {
  return `create table bench_reference.${table} (like ${table} including all)`;
}
const repetitions = 3;

/**
 * The floor of a first sync: a bare COPY of the very rows that it made, into empty tables with the same columns, defaults
 * and indexes, in one transaction, in the same database with the same durability.
 */
export async function measureBareCopy(databaseUrl: string, districtId: string, home: string): Promise<Reference> {
  return (await measureBareCopies(databaseUrl, districtId, home, ["floor"])).floor;
}

/** Several of these, by turns: what else the machine does meets each alike. */
export async function measureBareCopies<K extends Copied>(
  databaseUrl: string,
  districtId: string,
  home: string,
  which: readonly K[],
): Promise<Record<K, Reference>> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, ...withoutDelay() });
  const found: Partial<Record<K, Reference>> = {};
  const folderOf = (what: K) => join(home, "reference", what);
  try {
    for (const what of which) {
      const tables = copied[what];
      await mkdir(folderOf(what), { recursive: true });
      let bytes = 0;
      for (const { table, from, columns } of tables)
        bytes += await copyOut(databaseUrl, `select ${columns} from ${from}`, districtId, join(folderOf(what), table));
      const rows = await sql.unsafe<{ count: number }[]>(
        `select sum(count)::int as count from (${tables.map(({ from }) => `select count(*) from ${from} where district_id = '${districtId}'`).join(" union all ")}) as each`,
      );
      found[what] = { seconds: 0, samples: [], cpuSamples: [], rows: rows[0]?.count ?? 0, bytes };
    }
    const server = await cpuOfServer(sql);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const what of which) {
        const before = server.seconds();
        const seconds = await copyIn(sql, folderOf(what), copied[what]);
        const reference = found[what] as Reference;
        const samples = [...reference.samples, seconds];
        const cpuSamples = [...(reference.cpuSamples ?? []), since(before, server.seconds())];
        found[what] = { ...reference, seconds: median(samples), samples, cpuSamples };
      }
    }
    await sql.unsafe("drop schema bench_reference cascade");
    return found as Record<K, Reference>;
  } finally {
    await sql.end();
    await rm(join(home, "reference"), { recursive: true, force: true });
  }
}

/** By how much the one takes longer than the other, as the median of the turns in which both were measured. */
export function more(one: readonly (number | null)[], than: readonly (number | null)[]): number | null {
  const each = one.flatMap((value, turn) => since(than[turn] ?? null, value) ?? []);
  return each.length === 0 ? null : Math.max(0, median(each));
}

/** On a connection of its own: postgres.js leaves the socket paused after a COPY out that had to wait for its reader. */
async function copyOut(databaseUrl: string, select: string, districtId: string, file: string): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, ...withoutDelay() });
  const rows = await sql.unsafe(`copy (${select} where district_id = '${districtId}') to stdout`).readable();
  await pipeline(rows, createWriteStream(file));
  await sql.end({ timeout: 0 });
  return (await stat(file)).size;
}

/** Answers the seconds that it took. */
async function copyIn(sql: postgres.Sql, folder: string, tables: readonly { table: string; make: string }[]): Promise<number> {
  await sql.unsafe("drop schema if exists bench_reference cascade");
  await sql.unsafe("create schema bench_reference");
  for (const { make } of tables) await sql.unsafe(make);
  await sql.unsafe("checkpoint");
  const startedAt = performance.now();
  await sql.begin(async (tx) => {
    for (const { table } of tables) {
      await pipeline(createReadStream(join(folder, table)), await tx.unsafe(`copy bench_reference.${table} from stdin`).writable());
    }
  });
  return secondsSince(startedAt);
}

/**
 * The floor of an unchanged sync: the same files over the same server on one connection, to disk and hashed. The socket is
 * made here, because ssh2 leaves Nagle's algorithm on, which costs 40 ms at each turn and would flatter the sync.
 */
export async function measureDownload(server: BenchServer, home: string): Promise<Reference> {
  const folder = join(home, "downloads");
  await mkdir(folder, { recursive: true });
  const samples: number[] = [];
  let bytes = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    bytes = 0;
    const startedAt = performance.now();
    const client = new Client();
    const sock = connect({ host: "127.0.0.1", port: server.port, noDelay: true });
    await once(sock, "connect");
    await client.connect({ sock, username: server.username, privateKey: server.privateKey });
    for (const { name, size } of await client.list(server.remoteDirectory)) {
      const file = join(folder, name);
      await client.fastGet(`${server.remoteDirectory}/${name}`, file);
      const hash = createHash("sha256");
      await pipeline(createReadStream(file), hash);
      bytes += size;
    }
    await client.end();
    samples.push(secondsSince(startedAt));
  }
  await rm(folder, { recursive: true });
  return { seconds: median(samples), samples, bytes };
}

export function secondsSince(startedAt: number): number {
  return round((performance.now() - startedAt) / 1000);
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function since(before: number | null, now: number | null): number | null {
  return before === null || now === null ? null : round(now - before);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
