import { timingSafeEqual } from "node:crypto";
import { close, fstat, open, opendir, read, type Stats, stat } from "node:fs";
import { normalize, posix } from "node:path";
import ssh2, { type AuthContext, type Connection, type SFTPWrapper } from "ssh2";

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

export interface SftpServerOptions {
  /** PEM or OpenSSH private key; its fingerprint is what clients pin. */
  readonly hostKey: string;
  readonly username: string;
  readonly password: string;
  /** An OpenSSH public key line that may sign in as well. */
  readonly publicKey?: string;
  /** Called at each sign-in: the folder that is shown as `/`. */
  readonly root: () => string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Told of each sign-in, and of each folder and file that is opened. */
  readonly onRequest?: (command: "SIGN-IN" | "LIST" | "READ", path: string) => void;
  /** Milliseconds before an answer, asked at each one. */
  readonly delayMs?: () => number;
}

export interface SftpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A read-only SFTP server on the loopback address, as a district's SIS vendor runs one. */
export function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [options.hostKey], ident: "CedarFallsSIS" }, (client) => {
    connections.add(client);
    client.on("close", () => connections.delete(client));
    // A client that goes away is not the server's trouble.
    client.on("error", () => connections.delete(client));
    client.on("authentication", (attempt) => authenticate(attempt, options));
    client.on("ready", () => {
      const root = options.root();
      options.onRequest?.("SIGN-IN", "");
      client.on("session", (accept) => accept().on("sftp", (acceptSftp) => serveFolder(acceptSftp(), root, options)));
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : options.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const connection of connections) connection.end();
          }),
      });
    });
  });
}

function authenticate(attempt: AuthContext, options: SftpServerOptions): void {
  if (attempt.username === options.username && isProven(attempt, options)) attempt.accept();
  else attempt.reject(["password", "publickey"]);
}

function isProven(attempt: AuthContext, options: SftpServerOptions): boolean {
  if (attempt.method === "password") return isSame(attempt.password, options.password);
  if (attempt.method !== "publickey" || options.publicKey === undefined) return false;
  const allowed = ssh2.utils.parseKey(options.publicKey);
  if (allowed instanceof Error || attempt.key.algo !== allowed.type || !isSame(attempt.key.data, allowed.getPublicSSH())) return false;
  // Without a signature the client only asks whether the key would do.
  if (attempt.signature === undefined || attempt.blob === undefined) return true;
  return allowed.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}

function isSame(given: string | Buffer, expected: string | Buffer): boolean {
  const a = Buffer.from(given as string);
  const b = Buffer.from(expected as string);
  return a.length === b.length && timingSafeEqual(a, b);
}

type Handle = { readonly file: number } | { readonly entries: Listing[]; done: boolean };
interface Listing {
  readonly filename: string;
  readonly longname: string;
  readonly attrs: Attributes;
}
type Attributes = ReturnType<typeof attributesOf>;

function serveFolder(sftp: SFTPWrapper, root: string, options: SftpServerOptions): void {
  const handles = new Map<number, Handle>();
  let last = 0;
  // Cut at the root like chroot: "/../.." is "/".
  const local = (path: string) => root + normalize(posix.join("/", path)).replace(/\/$/, "");
  const give = (request: number, handle: Handle) => {
    const id = ++last;
    handles.set(id, handle);
    const name = Buffer.alloc(4);
    name.writeUInt32BE(id);
    sftp.handle(request, name);
  };
  const fail = (request: number, error: NodeJS.ErrnoException) => {
    const code =
      error.code === "ENOENT" ? STATUS_CODE.NO_SUCH_FILE : error.code === "EACCES" ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
    sftp.status(request, code);
  };
  const taken = (name: Buffer) => (name.length === 4 ? handles.get(name.readUInt32BE()) : undefined);

  sftp.on("OPEN", (request, path, flags) => {
    if (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND | OPEN_MODE.CREAT | OPEN_MODE.TRUNC))
      return sftp.status(request, STATUS_CODE.PERMISSION_DENIED);
    options.onRequest?.("READ", path);
    open(local(path), "r", (error, file) => (error ? fail(request, error) : give(request, { file })));
  });
  sftp.on("READ", (request, name, offset, length) => {
    const handle = taken(name);
    if (!handle || !("file" in handle)) return sftp.status(request, STATUS_CODE.FAILURE);
    const buffer = Buffer.allocUnsafe(Math.min(length, 256 * 1024));
    read(handle.file, buffer, 0, buffer.length, offset, (error, bytes) => {
      const answer = () => {
        if (error) fail(request, error);
        else if (bytes === 0) sftp.status(request, STATUS_CODE.EOF);
        else sftp.data(request, buffer.subarray(0, bytes));
      };
      const delay = options.delayMs?.() ?? 0;
      if (delay > 0) setTimeout(answer, delay).unref();
      else answer();
    });
  });
  sftp.on("FSTAT", (request, name) => {
    const handle = taken(name);
    if (!handle || !("file" in handle)) return sftp.status(request, STATUS_CODE.FAILURE);
    fstat(handle.file, (error, stats) => (error ? fail(request, error) : sftp.attrs(request, attributesOf(stats))));
  });
  for (const question of ["STAT", "LSTAT"] as const) {
    sftp.on(question as "STAT", (request, path) => {
      stat(local(path), (error, stats) => (error ? fail(request, error) : sftp.attrs(request, attributesOf(stats))));
    });
  }
  sftp.on("OPENDIR", (request, path) => {
    options.onRequest?.("LIST", path);
    list(local(path)).then(
      (entries) => give(request, { entries, done: false }),
      (error: NodeJS.ErrnoException) => fail(request, error),
    );
  });
  sftp.on("READDIR", (request, name) => {
    const handle = taken(name);
    if (!handle || !("entries" in handle)) return sftp.status(request, STATUS_CODE.FAILURE);
    if (handle.done) return sftp.status(request, STATUS_CODE.EOF);
    handle.done = true;
    sftp.name(request, handle.entries);
  });
  sftp.on("REALPATH", (request, path) => {
    const filename = posix.join("/", path).replace(/(.)\/$/, "$1");
    sftp.name(request, [{ filename, longname: filename, attrs: attributesOf(null) }]);
  });
  sftp.on("CLOSE", (request, name) => {
    const handle = taken(name);
    if (!handle) return sftp.status(request, STATUS_CODE.FAILURE);
    handles.delete(name.readUInt32BE());
    if ("file" in handle) close(handle.file, () => sftp.status(request, STATUS_CODE.OK));
    else sftp.status(request, STATUS_CODE.OK);
  });
  for (const change of ["WRITE", "SETSTAT", "FSETSTAT", "REMOVE", "MKDIR", "RMDIR", "RENAME", "SYMLINK"] as const) {
    sftp.on(change as "REMOVE", (request) => sftp.status(request, STATUS_CODE.PERMISSION_DENIED));
  }
  sftp.on("close", () => {
    for (const handle of handles.values()) if ("file" in handle) close(handle.file, () => {});
    handles.clear();
  });
}

async function list(folder: string): Promise<Listing[]> {
  const entries: Listing[] = [];
  const names = await new Promise<string[]>((resolve, reject) => {
    opendir(folder, async (error, directory) => {
      if (error) return reject(error);
      const found: string[] = [];
      for await (const entry of directory) found.push(entry.name);
      resolve(found.sort());
    });
  });
  for (const filename of names) {
    const stats = await new Promise<Stats | null>((resolve) =>
      stat(`${folder}/${filename}`, (error, found) => resolve(error ? null : found)),
    );
    if (!stats) continue;
    const attrs = attributesOf(stats);
    const kind = stats.isDirectory() ? "dr-xr-xr-x" : "-r--r--r--";
    entries.push({
      filename,
      longname: `${kind} 1 sis sis ${String(stats.size).padStart(12)} ${stats.mtime.toISOString().slice(0, 16).replace("T", " ")} ${filename}`,
      attrs,
    });
  }
  return entries;
}

function attributesOf(stats: Stats | null) {
  const modified = stats ? Math.floor(stats.mtimeMs / 1000) : 0;
  return { mode: stats?.mode ?? 0o040555, uid: 0, gid: 0, size: stats?.size ?? 0, atime: modified, mtime: modified };
}
