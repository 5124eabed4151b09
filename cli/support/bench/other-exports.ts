import { once } from "node:events";
import { createReadStream, createWriteStream, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Other exports of a set that lies in a folder, as a SIS may make them. Of the sandbox's sets: none of their values has a line end in it. */

const linesAtATime = 20_000;

/** The same rows in other bytes: those of the second half first, each so many of them backwards, and every value between quotation marks. */
export async function exportAgain(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (name === "manifest.csv" || !name.endsWith(".csv")) continue;
    let rows = -1;
    for await (const _ of linesOf(path)) rows++;
    const to = createWriteStream(`${path}.again`);
    const put = async (lines: string[]) => {
      if (lines.length > 0 && !to.write(lines.reverse().map(quoted).join(""))) await once(to, "drain");
    };
    for (const isWanted of [(at: number) => at === 0, (at: number) => at > rows / 2, (at: number) => at > 0 && at <= rows / 2]) {
      let lines: string[] = [];
      let at = 0;
      for await (const line of linesOf(path)) {
        if (isWanted(at++)) lines.push(line);
        if (lines.length < linesAtATime) continue;
        await put(lines);
        lines = [];
      }
      await put(lines);
    }
    await new Promise<void>((resolve) => to.end(resolve));
    renameSync(`${path}.again`, path);
  }
}

/** A line that has marks already is left as it is. */
const quoted = (line: string) => (line.includes('"') ? `${line}\r\n` : `"${line.replaceAll(",", '","')}"\r\n`);

/** A set of changes: so many learners with another given name. @returns how many they are */
export async function exportChanges(directory: string, count: number): Promise<number> {
  const [header = "", ...learners] = await firstLines(join(directory, "users.csv"), (line) => line.includes(",student,"), count);
  const names = header.split(",");
  const changed = learners.map((line) => {
    const cells = line.split(",");
    cells[names.indexOf("status")] = "active";
    cells[names.indexOf("dateLastModified")] = new Date().toISOString();
    cells[names.indexOf("givenName")] = "Alexandria";
    return cells.join(",");
  });
  const manifest = readFileSync(join(directory, "manifest.csv"), "utf8");
  for (const name of readdirSync(directory)) rmSync(join(directory, name));
  writeFileSync(join(directory, "users.csv"), `${[header, ...changed].join("\r\n")}\r\n`);
  writeFileSync(join(directory, "manifest.csv"), manifest.replace(/,bulk/g, ",absent").replace("file.users,absent", "file.users,delta"));
  return changed.length;
}

/** The id of somebody whose row in one export of users is another than in the other. */
export async function whoChanged(before: string, after: string): Promise<string> {
  const rows = new Map<string, string>();
  for await (const line of linesOf(before)) rows.set(idOf(line), line);
  for await (const line of linesOf(after)) {
    const known = rows.get(idOf(line));
    if (known !== undefined && known !== line && line.includes(",student,")) return idOf(line);
  }
  throw new Error("nobody has changed");
}

const idOf = (line: string) => line.slice(0, line.indexOf(","));

/** The header, and the first lines without quotation marks that are wanted. */
async function firstLines(path: string, isWanted: (line: string) => boolean, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const line of linesOf(path)) {
    if (found.length === 0 || (isWanted(line) && !line.includes('"'))) found.push(line);
    if (found.length > count) break;
  }
  return found;
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
}
