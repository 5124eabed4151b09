import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { makeKeyPair } from "./key-pair.ts";

test("every key pair can be read, and what one half signs the other half knows", () => {
  const message = Buffer.from("message");
  for (let made = 0; made < 3_000; made++) {
    const { private: secret, public: known } = makeKeyPair();
    const [signing, knowing] = [ssh2.utils.parseKey(secret), ssh2.utils.parseKey(known)];
    if (signing instanceof Error || knowing instanceof Error) throw new Error(secret);
    expect(knowing.verify(message, signing.sign(message) as Buffer)).toBe(true);
  }
});
