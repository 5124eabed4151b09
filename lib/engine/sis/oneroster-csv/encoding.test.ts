import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decode, EncodingDetector } from "./encoding.ts";

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = 7) {
  const detector = new EncodingDetector("users.csv");
  for await (const piece of pieces(bytes, size)) detector.push(piece);
  const detected = detector.end();
  let text = "";
  for await (const part of decode(pieces(bytes, size), detected)) text += part;
  return { ...detected, text };
}

const text = "sourcedId,givenName\r\n1,Zoë\r\n2,Łucja 😀\r\n";

describe("the encoding of a file", () => {
  it.each([
    ["utf-8", Buffer.from(text)],
    ["utf-8", Buffer.from(`\ufeff${text}`)],
    ["utf-16le", iconv.encode(text, "utf-16le", { addBOM: true })],
    ["utf-16be", iconv.encode(text, "utf-16be", { addBOM: true })],
    ["utf-16le", iconv.encode(text, "utf-16le")],
    ["utf-16be", iconv.encode(text, "utf-16be", { addBOM: false })],
  ])("is %s and none of its characters is lost, wherever the pieces end", async (encoding, bytes) => {
    for (const size of [1, 2, 3, 7, 600]) expect(await read(bytes, size)).toMatchObject({ encoding, text, endsInCharacter: false });
  });

  it("is Windows-1252 for a single byte deep in a long file", async () => {
    const bytes = Buffer.concat([Buffer.from(`id,name\n${"1,Ann\n".repeat(50_000)}`), Buffer.from([0x32, 0x2c, 0x5a, 0x6f, 0xeb, 0x0a])]);
    const result = await read(bytes, 4096);
    expect(result.encoding).toBe("windows-1252");
    expect(result.text.endsWith("\n2,Zoë\n")).toBe(true);
  });

  it("keeps the UTF-8 lines of a file glued together from two exports", async () => {
    const bytes = Buffer.concat([Buffer.from("id,name\n1,Łucja\n"), iconv.encode("2,Zoë “x”\n", "windows-1252"), Buffer.from("3,Åsa\n")]);
    for (const size of [1, 5, 4096]) expect((await read(bytes, size)).text).toBe("id,name\n1,Łucja\n2,Zoë “x”\n3,Åsa\n");
  });

  it("tells a file that is cut inside a character from one in another encoding", async () => {
    const bytes = Buffer.from("id,name\n1,Zoë");
    expect(await read(bytes.subarray(0, -1))).toMatchObject({ encoding: "utf-8", endsInCharacter: true });
    expect(await read(iconv.encode("id,name\n1,Zoe", "utf-16le", { addBOM: true }).subarray(0, -1))).toMatchObject({
      encoding: "utf-16le",
      endsInCharacter: true,
    });
  });

  it("refuses zero bytes in what is not UTF-16", async () => {
    await expect(read(Buffer.concat([Buffer.from(text.repeat(40)), Buffer.alloc(100)]))).rejects.toMatchObject({ code: "file-encoding" });
  });

  it("reads any Unicode text as UTF-8, in pieces of any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }).filter((value) => !value.includes("\0") && !value.startsWith("\ufeff")),
        fc.integer({ min: 1, max: 9 }),
        async (value, size) => {
          const bytes = Buffer.from(value);
          // What happens to begin like a byte order mark, or cannot be encoded, is no text of ours.
          fc.pre(bytes.toString() === value);
          expect(await read(bytes, size)).toMatchObject({ encoding: "utf-8", text: value });
        },
      ),
    );
  });
});
