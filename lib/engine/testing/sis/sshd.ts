/**
 * Test-only: a real OpenSSH sshd (internal-sftp) on a free loopback port, with keys, account and directory of its own.
 *
 * As root, sign-in is as a system account made for this server alone (random name and password, no shell) and removed by
 * stop(); sshd checks its password against the machine's shadow file. Without root sshd can only let its own user in, and
 * only by key: `password` then says so instead of answering.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface SshdOptions {
  /** `password`: the usual. `keyboard-interactive`: the server refuses plain passwords and asks for them through PAM (root only). */
  readonly passwordMethod?: "password" | "keyboard-interactive";
}

export interface IssuedKey {
  readonly privateKey: string;
  readonly passphrase: string | null;
}

export interface TestSshd {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** @throws Error without root: sshd then has no way to check a password */
  readonly password: string;
  /** Unencrypted, OpenSSH format. */
  readonly privateKey: string;
  readonly encryptedPrivateKey: string;
  readonly passphrase: string;
  /** `SHA256:…`, of the key the server has now. */
  readonly hostKeyFingerprint: string;
  /** The origin as an operator would trust it: `sftp://127.0.0.1:port`. */
  readonly origin: string;
  /** Local folder that is the remote directory. */
  readonly root: string;
  /** What to enter as directory in the credentials. */
  readonly remoteDirectory: string;
  /** Another key that may sign in. */
  issueKey(options: { type: "ed25519" | "rsa" | "ecdsa"; format: "openssh" | "pem"; passphrase?: string }): Promise<IssuedKey>;
  /** Gives the server a new host key, on the same port. */
  rotateHostKey(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error in one line when sshd is not installed */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const sshd = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/local/bin/sshd", "/opt/homebrew/sbin/sshd"].find((path) =>
    existsSync(path),
  );
  if (sshd === undefined)
    throw new Error("OpenSSH's sshd is not installed: apt-get install openssh-server (or your system's package of it) and run again");

  await sweep();
  const home = await mkdtemp(join(tmpdir(), `aivo-sshd-${process.pid}-`));
  await chmod(home, 0o755);
  const root = join(home, "files");
  const keys = join(home, "keys");
  await mkdir(root);
  await mkdir(keys, { mode: 0o700 });
  const authorizedKeys = join(home, "authorized_keys");
  await writeFile(authorizedKeys, "", { mode: 0o644 });

  const account = await makeAccount();
  try {
    const passphrase = randomBytes(9).toString("hex");
    const issueKey: TestSshd["issueKey"] = async ({ type, format, passphrase: secret }) => {
      const path = join(keys, randomBytes(6).toString("hex"));
      await run("ssh-keygen", [
        "-q",
        "-t",
        type,
        ...(type === "rsa" ? ["-b", "2048"] : []),
        ...(format === "pem" ? ["-m", "PEM"] : []),
        "-N",
        secret ?? "",
        "-C",
        "test",
        "-f",
        path,
      ]);
      await writeFile(authorizedKeys, await readFile(`${path}.pub`), { flag: "a" });
      return { privateKey: await readFile(path, "utf8"), passphrase: secret ?? null };
    };
    const plain = await issueKey({ type: "ed25519", format: "openssh" });
    const encrypted = await issueKey({ type: "ed25519", format: "openssh", passphrase });

    const config = await configOf(sshd, {
      home,
      root,
      authorizedKeys,
      keyboardInteractive: options.passwordMethod === "keyboard-interactive",
    });
    let fingerprint = await makeHostKey(home);
    let server = await launch(sshd, home, config, null);

    return {
      host: "127.0.0.1",
      port: server.port,
      username: account.username,
      get password() {
        if (account.password === null)
          throw new Error("OpenSSH can only check passwords as root: run the tests as root to cover password sign-in");
        return account.password;
      },
      privateKey: plain.privateKey,
      encryptedPrivateKey: encrypted.privateKey,
      passphrase,
      get hostKeyFingerprint() {
        return fingerprint;
      },
      origin: `sftp://127.0.0.1:${server.port}`,
      root,
      remoteDirectory: root,
      issueKey,
      async rotateHostKey() {
        const { port } = server;
        await end(server.child);
        fingerprint = await makeHostKey(home);
        server = await launch(sshd, home, config, port);
      },
      async stop() {
        await end(server.child);
        await account.remove();
        await rm(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await account.remove();
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

interface Account {
  readonly username: string;
  readonly password: string | null;
  remove(): Promise<void>;
}

async function makeAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return { username: userInfo().username, password: null, remove: async () => {} };
  const username = `aivo-sftp-${process.pid}-${randomBytes(3).toString("hex")}`;
  const password = randomBytes(12).toString("base64url");
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  await run("useradd", ["--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", username]);
  const setting = run("chpasswd");
  setting.child.stdin?.end(`${username}:${password}\n`);
  await setting;
  return {
    username,
    password,
    async remove() {
      // sshd's child for this account may still be on its way out, which userdel reports as 8 after it has removed the account.
      await run("userdel", ["--force", username]).catch((error: { code?: number }) => {
        if (error.code !== 6 && error.code !== 8) throw error;
      });
    },
  };
}

async function makeHostKey(home: string): Promise<string> {
  const path = join(home, "host_key");
  await rm(path, { force: true });
  await rm(`${path}.pub`, { force: true });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  const { stdout } = await run("ssh-keygen", ["-l", "-E", "sha256", "-f", `${path}.pub`]);
  const fingerprint = stdout.split(" ").find((word) => word.startsWith("SHA256:"));
  if (fingerprint === undefined) throw new Error("ssh-keygen showed no fingerprint");
  return fingerprint;
}

async function configOf(
  sshd: string,
  paths: { home: string; root: string; authorizedKeys: string; keyboardInteractive: boolean },
): Promise<string> {
  // Older ones do not know -V and print their version with the complaint.
  const version = await run(sshd, ["-V"]).then(
    (out) => out.stderr + out.stdout,
    (error: { stderr?: string }) => error.stderr ?? "",
  );
  const [, major = "0", minor = "0"] = /OpenSSH_(\d+)\.(\d+)/.exec(version) ?? [];
  const punishes = Number(major) * 100 + Number(minor) >= 908;
  return [
    "ListenAddress 127.0.0.1",
    `HostKey ${join(paths.home, "host_key")}`,
    `AuthorizedKeysFile ${paths.authorizedKeys}`,
    "StrictModes no",
    "PubkeyAuthentication yes",
    `PasswordAuthentication ${paths.keyboardInteractive ? "no" : "yes"}`,
    `KbdInteractiveAuthentication ${paths.keyboardInteractive ? "yes" : "no"}`,
    `UsePAM ${paths.keyboardInteractive ? "yes" : "no"}`,
    "UseDNS no",
    "MaxStartups 100",
    "MaxSessions 100",
    ...(punishes ? ["PerSourcePenalties no"] : []),
    "PidFile none",
    "LogLevel VERBOSE",
    "Subsystem sftp internal-sftp",
    `ForceCommand internal-sftp -d ${paths.root}`,
    "AllowTcpForwarding no",
    "X11Forwarding no",
    "",
  ].join("\n");
}

interface Launched {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Resolves once sshd says that it listens. A port that somebody else took meanwhile is tried again with another. */
async function launch(sshd: string, home: string, config: string, fixedPort: number | null): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ?? (await freePort());
    const path = join(home, "sshd_config");
    await writeFile(path, `Port ${port}\n${config}`);
    const [command = sshd, ...args] = [...dyingWithUs(), sshd, "-D", "-e", "-f", path];
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    const seen: string[] = [];
    const listens = await new Promise<boolean>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => resolve(false));
      createInterface({ input: child.stderr }).on("line", (line) => {
        if (line.startsWith("Server listening on")) resolve(true);
        else if (seen.length < 20) seen.push(line);
      });
    });
    if (listens) return { child, port };
    if (attempt === 5) throw new Error(`sshd does not start: ${seen.join(" | ")}`);
  }
}

/** Where the system can, sshd ends with the process that started it, however that ends. */
function dyingWithUs(): string[] {
  return existsSync("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "TERM", "--"] : [];
}

/** Removes what test processes that were killed have left: accounts and folders carry the id of their process. */
async function sweep(): Promise<void> {
  const isLeft = (pid: string | undefined) => pid !== undefined && !existsSync(`/proc/${pid}`);
  if (!existsSync("/proc/self")) return;
  for (const name of await readdir(tmpdir())) {
    if (isLeft(/^aivo-sshd-(\d+)-/.exec(name)?.[1])) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  if (process.getuid?.() !== 0) return;
  for (const line of (await readFile("/etc/passwd", "utf8")).split("\n")) {
    const [username = ""] = line.split(":");
    // Another test may be sweeping at the same time.
    if (isLeft(/^aivo-sftp-(\d+)-/.exec(username)?.[1])) await run("userdel", ["--force", username]).catch(() => {});
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
