import ssh2 from "ssh2";

export interface KeyPair {
  /** OpenSSH format, without a passphrase. */
  readonly private: string;
  readonly public: string;
}

/**
 * An ed25519 key pair that can be used. ssh2 takes the zeros off the front of a public key, which one in 256 has, and then cannot read what
 * it wrote: such a pair is thrown away.
 */
export function makeKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519");
    if (isUsableKey(pair.private) && isUsableKey(pair.public)) return pair;
  }
}

/** Whether the text is a key that ssh2 can read. */
export function isUsableKey(text: string): boolean {
  return !(ssh2.utils.parseKey(text) instanceof Error);
}
