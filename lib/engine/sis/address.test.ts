import { describe, expect, it } from "vitest";
import { refusalOf, resolveTarget } from "./address.ts";

const resolve = (host: string, trusted: string[] = [], scheme = "sftp", port = 22) =>
  resolveTarget({ scheme, host, port, trustedOrigins: new Set(trusted), signal: new AbortController().signal });

describe("the address guard", () => {
  it.each([
    "127.0.0.1",
    "127.9.9.9",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.10",
    "169.254.169.254",
    "169.254.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "0",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "168.63.129.16",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "１２７.0.0.1",
    "[::1]",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "[::ffff:7f00:1]",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2001::1",
    "fec0::1",
    "::ffff:0:169.254.169.254",
  ])("refuses %s", async (host) => {
    await expect(resolve(host)).rejects.toMatchObject({
      code: "address-refused",
      transient: false,
      remedy: expect.stringContaining("trusted SIS origins"),
    });
  });

  it.each([
    ["8.8.8.8", "8.8.8.8"],
    ["[2606:4700:4700::1111]", "2606:4700:4700::1111"],
    ["0x08080808", "8.8.8.8"],
    ["172.32.0.1", "172.32.0.1"],
    ["::ffff:8.8.8.8", "::ffff:808:808"],
    ["64:ff9b::8.8.8.8", "64:ff9b::808:808"],
    ["100.128.0.1", "100.128.0.1"],
  ])("lets %s through as the address that was judged", async (host, address) => {
    expect(await resolve(host)).toMatchObject({ address, isTrusted: false, port: 22 });
  });

  it("trusts exactly the origins of the operator, by scheme, host and port", async () => {
    expect(await resolve("127.0.0.1", ["sftp://127.0.0.1:22"])).toMatchObject({ address: "127.0.0.1", isTrusted: true });
    expect(await resolve("Localhost", ["sftp://localhost:22"])).toMatchObject({ isTrusted: true });
    expect(await resolve("[::1]", ["sftp://[::1]:22"])).toMatchObject({ address: "::1", family: 6, isTrusted: true });
    await expect(resolve("127.0.0.1", ["sftp://127.0.0.1:2222"])).rejects.toMatchObject({ code: "address-refused" });
    await expect(resolve("127.0.0.1", ["https://127.0.0.1:22"])).rejects.toMatchObject({ code: "address-refused" });
    await expect(resolve("127.0.0.2", ["sftp://127.0.0.1:22"])).rejects.toMatchObject({ code: "address-refused" });
  });

  it.each([
    "no-such-host.invalid",
    "a b",
    "sftp://example.org",
    "example.org/path",
    "user@example.org",
    "fe80::1%eth0",
    "1.2.3.4.5",
    "[::1",
    "",
  ])("does not resolve %j", async (host) => {
    await expect(resolve(host)).rejects.toMatchObject({ code: "name-resolution", step: "connect" });
  });

  it("names what kind of address it is", () => {
    expect(refusalOf("169.254.169.254")).toBe("a cloud metadata address");
    expect(refusalOf("::ffff:192.168.1.1")).toBe("a private address");
    expect(refusalOf("1.1.1.1")).toBeNull();
  });
});
