import { createPrivateKey } from "node:crypto";
import ssh2, { type ParsedKey } from "ssh2";
import { RunFailure } from "#lib/platform/errors.ts";

/**
 * The key that an admin pasted, ready to sign. What is wrong with one is told by its structure, never by a library's words.
 * @throws RunFailure `sign-in`: not a private key, passphrase missing or wrong
 */
export function loadPrivateKey(text: string, passphrase: string | undefined): ParsedKey {
  const pem = `${text.replace(/\r\n?/g, "\n").trim()}\n`;
  const kind = kindOf(pem);
  if (kind === "public") {
    throw keyFailure(
      "What was entered as private key is a public key.",
      "Enter the private half: the file without .pub, which begins with -----BEGIN … PRIVATE KEY-----.",
    );
  }
  if (kind === "none") {
    throw keyFailure(
      "What was entered as private key is none that Aivo can read.",
      "Enter the whole file, from -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----, in OpenSSH or PEM format.",
    );
  }
  const isLocked = isEncrypted(pem);
  if (isLocked && passphrase === undefined)
    throw keyFailure("The private key is protected by a passphrase, and none was entered.", "Enter the passphrase of the private key.");

  const parsed = ssh2.utils.parseKey(kind === "pkcs8" ? fromPkcs8(pem, passphrase, isLocked) : pem, isLocked ? passphrase : undefined);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw isLocked ? wrongPassphrase(key) : unreadable(key);
  return key;
}

type Kind = "openssh" | "pem" | "pkcs8" | "putty" | "public" | "none";

function kindOf(pem: string): Kind {
  if (pem.startsWith("PuTTY-User-Key-File-")) return "putty";
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----\n/.exec(pem)?.[1];
  if (label === "OPENSSH PRIVATE KEY") return "openssh";
  if (label === "PRIVATE KEY" || label === "ENCRYPTED PRIVATE KEY") return "pkcs8";
  if (label?.endsWith(" PRIVATE KEY")) return "pem";
  if (label?.includes("PUBLIC KEY") || /^(ssh-|ecdsa-|sk-)[\w@.-]+ AAAA/.test(pem)) return "public";
  return "none";
}

function isEncrypted(pem: string): boolean {
  if (/^-----BEGIN ENCRYPTED /.test(pem) || /^Proc-Type: 4,ENCRYPTED$/m.test(pem)) return true;
  const putty = /^Encryption: (.+)$/m.exec(pem);
  if (putty) return putty[1] !== "none";
  if (!pem.startsWith("-----BEGIN OPENSSH")) return false;
  // openssh-key-v1, NUL, then the cipher's name with its length in front.
  const body = Buffer.from(pem.replace(/^-----.*$/gm, ""), "base64");
  const start = "openssh-key-v1\0".length;
  if (body.length < start + 4) return false;
  const length = body.readUInt32BE(start);
  return body.toString("latin1", start + 4, start + 4 + length) !== "none";
}

/** ssh2 does not read PKCS#8; RSA and EC keys have an older form that it does. */
function fromPkcs8(pem: string, passphrase: string | undefined, isLocked: boolean): string {
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch (error) {
    throw isLocked ? wrongPassphrase(error) : unreadable(error);
  }
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs1", format: "pem" }).toString();
  if (key.asymmetricKeyType === "ec") return key.export({ type: "sec1", format: "pem" }).toString();
  throw keyFailure(
    "The private key is in PKCS#8 format, which Aivo reads for RSA and EC keys only.",
    "Convert it to OpenSSH format with: ssh-keygen -p -f KEYFILE",
  );
}

function wrongPassphrase(cause: unknown): RunFailure {
  return keyFailure(
    "The passphrase does not open the private key.",
    "Enter the passphrase that the key was protected with, or make a new key.",
    cause,
  );
}

function unreadable(cause: unknown): RunFailure {
  return keyFailure(
    "The private key is damaged or of a kind that Aivo cannot use.",
    "Enter the whole file again, or make a new key with: ssh-keygen -t ed25519",
    cause,
  );
}

function keyFailure(message: string, remedy: string, cause?: unknown): RunFailure {
  return new RunFailure({ code: "sign-in", step: "sign in", message, remedy }, { cause });
}
