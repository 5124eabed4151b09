import type postgres from "postgres";

/** Why the tables cannot be distributed, and what to do about it. */
export interface Missing {
  readonly code: "extension" | "preload" | "created" | "version" | "coordinator" | "nodes" | "reachable" | "in-use";
  readonly what: string;
  readonly remedy: string;
}

/** The oldest Citus whose handing on of roles, settings and policies this relies on. */
const oldestCitus = 12;

interface Server {
  readonly version: string;
  readonly database: string;
  /** Null: the server has no such extension to offer. */
  readonly available: string | null;
  readonly created: string | null;
  /** Null: this role may not see it. */
  readonly preloaded: string | null;
}

/**
 * What is missing before the tables can be distributed, in the order in which it is mended; nothing else is looked at once something
 * that the rest stands on is missing.
 */
export async function missingForCitus(sql: postgres.Sql): Promise<readonly Missing[]> {
  const [server] = await sql<Server[]>`
    select current_setting('server_version') as version, quote_ident(current_database()) as database,
      (select default_version from pg_available_extensions where name = 'citus') as available,
      (select extversion from pg_extension where extname = 'citus') as created,
      (select setting from pg_settings where name = 'shared_preload_libraries') as preloaded`;
  const missing = server ? missingOnServer(server) : [];
  return missing.length > 0 ? missing : [...(await missingNodes(sql)), ...(await inUse(sql))];
}

/** In the order of the steps: the first that is missing hides the others. */
export function missingOnServer({ version, database, available, created, preloaded }: Server): readonly Missing[] {
  if (available === null) {
    const what = `The server (PostgreSQL ${version}) has no extension citus.`;
    return [
      { code: "extension", what, remedy: `Install Citus ${oldestCitus} or newer for this version on the coordinator and on every worker.` },
    ];
  }
  if (preloaded !== null && !preloaded.split(",").some((library) => library.trim() === "citus")) {
    const remedy = `On every node put citus first in it (now "${preloaded}") and restart: ALTER SYSTEM SET shared_preload_libraries = 'citus';`;
    return [{ code: "preload", what: "Citus is installed, but not in shared_preload_libraries.", remedy }];
  }
  if (created === null) {
    const remedy = `As a superuser, in the database ${database} of every node: CREATE EXTENSION citus;`;
    return [{ code: "created", what: `Citus is loaded, but not an extension of the database ${database}.`, remedy }];
  }
  if (Number.parseInt(created, 10) < oldestCitus) {
    const remedy = `Install Citus ${oldestCitus} or newer on every node, and then in the database ${database} of each: ALTER EXTENSION citus UPDATE;`;
    return [{ code: "version", what: `The extension citus is of version ${created}.`, remedy }];
  }
  return [];
}

async function missingNodes(sql: postgres.Sql): Promise<readonly Missing[]> {
  const [group] = await sql<{ id: number }[]>`select groupid as id from pg_dist_local_group`;
  if (group && group.id !== 0) {
    const what = "DATABASE_URL leads to a worker of Citus.";
    return [{ code: "coordinator", what, remedy: "Give it the address of the coordinator." }];
  }
  const nodes = await sql<{ name: string; port: number; holds: boolean }[]>`
    select nodename as name, nodeport as port, shouldhaveshards as holds from pg_dist_node where noderole = 'primary' and isactive`;
  if (!nodes.some((node) => node.holds)) {
    const remedy =
      "On the coordinator: SELECT citus_set_coordinator_host('ITS ADDRESS', PORT); and for each worker: SELECT citus_add_node('ADDRESS', PORT);";
    return [{ code: "nodes", what: "No node that may hold districts is known to the coordinator.", remedy }];
  }
  const answers = await sql<{ from: string; to: string }[]>`
    select from_nodename || ':' || from_nodeport as from, to_nodename || ':' || to_nodeport as to
    from citus_check_cluster_node_health() where result is distinct from true`;
  return answers.map(({ from, to }) => ({
    code: "reachable" as const,
    what: `${from} does not reach ${to}.`,
    remedy: "Every node has to reach every other one: see pg_hba.conf, .pgpass of the server's user, and citus.node_conninfo.",
  }));
}

/** While some tables are distributed and others are not, a statement about both fails. */
async function inUse(sql: postgres.Sql): Promise<readonly Missing[]> {
  const users = await sql<{ name: string; count: number }[]>`
    select application_name as name, count(*)::int as count from pg_stat_activity
    where datname = current_database() and application_name in ('aivo-web', 'aivo-worker', 'aivo-worker-queue') group by 1 order by 1`;
  if (users.length === 0) return [];
  const who = users.map(({ name, count }) => `${name} (${count})`).join(", ");
  return [
    { code: "in-use", what: `Aivo is using the database: ${who}.`, remedy: "Stop web and workers until the tables are distributed." },
  ];
}

/**
 * Whether each node lets the application's role in from the coordinator: Citus opens a connection to a node as whoever the transaction
 * works as.
 */
export async function unreachableAs(sql: postgres.Sql, role: string): Promise<readonly Missing[]> {
  const answers = await sql.begin(async (tx) => {
    await tx.unsafe(`set local role ${role}`);
    return tx<{ node: string; ok: boolean }[]>`
      select n.nodename || ':' || n.nodeport as node, a.success as ok
      from run_command_on_workers('select current_user') a join pg_dist_node n on n.nodename = a.nodename and n.nodeport = a.nodeport`;
  });
  return answers
    .filter(({ ok }) => !ok)
    .map(({ node }) => ({
      code: "reachable" as const,
      what: `${node} does not let ${role} in.`,
      remedy: `In pg_hba.conf of every node let ${role} in from every other node: by certificate, or "trust" in a network of their own, or with a password (ALTER ROLE ${role} PASSWORD …) that stands in .pgpass of each server's user or in pg_dist_authinfo.`,
    }));
}
