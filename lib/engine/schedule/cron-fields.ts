interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** What may stand for a number, from the smallest on. */
  readonly names?: readonly string[];
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The five fields, in their order. */
export const cronFields: readonly CronField[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of the month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: months },
  { name: "day of the week", min: 0, max: 7, names: weekdays },
];

/** What is wrong with a field in capitals, in words that say what to type instead; null: nothing. */
export function problemOfField(part: string, field: CronField | undefined): string | null {
  if (field === undefined) return null;
  for (const piece of part.split(",")) {
    const problem = problemOfPiece(piece, part, field);
    if (problem !== null) return problem;
  }
  return null;
}

/** A field that can be read, with each value once: the scheduler's parser takes a list that names one twice for a mistake. */
export function withoutRepeats(part: string, field: CronField | undefined): string {
  if (field === undefined || !part.includes(",")) return part;
  const pieces = part.split(",");
  if (pieces.includes("*")) return "*";
  const values = pieces.flatMap((piece) => valuesOf(piece, field));
  const distinct = new Set(values);
  return distinct.size === values.length ? part : [...distinct].sort((one, other) => one - other).join(",");
}

/** Sunday is 0, also where it is written 7. */
function valuesOf(piece: string, field: CronField): number[] {
  const [range = "", step] = piece.split("/");
  const [first, last] = range.split("-").map((word) => numberOf(word, field));
  const isSunday = (value: number) => field.names === weekdays && value === 7;
  const from = first ?? field.min;
  const to = last ?? (range === "*" || step !== undefined ? field.max : from);
  const values: number[] = [];
  for (let value = from; value <= to; value += Number(step ?? 1)) values.push(isSunday(value) ? 0 : value);
  return values;
}

function problemOfPiece(piece: string, part: string, field: CronField): string | null {
  const { name, min, max, names } = field;
  const called = `The ${name} (“${part}”)`;
  if (piece === "") return `${called} has a comma too many. Write one comma between two numbers, for example 1,15.`;
  const match = /^(?:\*|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:\/([0-9]+))?$/.exec(piece);
  const example = names ? `a name such as ${names[1]}, ` : "";
  if (match === null)
    return `${called} cannot be read. Write a number from ${min} to ${max}, ${example}* for every one, a range such as 1-5, or a step such as */2.`;
  const [, from, to, step] = match;
  const values: number[] = [];
  for (const word of [from, to]) {
    if (word === undefined) continue;
    const value = numberOf(word, field);
    if (value === null) return `The ${name} is ${rangeOf(field)}, and “${word}” is not.`;
    if (value < min || value > max) return `The ${name} is ${rangeOf(field)}, and ${word} is not.`;
    values.push(value);
  }
  const [first = min, last = first] = values;
  if (last < first) return `${called} runs backwards. Write the earlier one first, or two ranges with a comma between them.`;
  if (step !== undefined && Number(step) === 0) return `${called} needs a step of 1 or more, for example */2.`;
  return null;
}

function numberOf(word: string, { min, names = [] }: CronField): number | null {
  if (/^\d+$/.test(word)) return Number(word);
  const at = names.indexOf(word);
  return at < 0 ? null : at + min;
}

function rangeOf({ min, max, names }: CronField): string {
  return names ? `${min} to ${max} or ${names[0]} to ${names.at(-1)}` : `a number from ${min} to ${max}`;
}
