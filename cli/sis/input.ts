import { readFile } from "node:fs/promises";
import { CommandError } from "./output.ts";

/** The text of a file, or of standard input where it is "-". @throws CommandError that names the file and quotes nothing of it */
export async function readText(path: string): Promise<string> {
  try {
    return path === "-" ? await readStandardInput() : await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError(
      "file",
      `${path} cannot be read (${error instanceof Error && "code" in error ? error.code : "unknown reason"}).`,
    );
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
