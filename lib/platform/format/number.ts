const numbers = new Intl.NumberFormat("en-US");
const plural = new Intl.PluralRules("en-US");

/** "12,345" */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** "1 learner", "2 learners", "12,345 classes" with `many` for what does not just take an s. */
export function formatCount(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${plural.select(value) === "one" ? one : many}`;
}

/** "1.4 MB" */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const unit = bytes < 1e6 ? "kB" : bytes < 1e9 ? "MB" : "GB";
  const value = bytes / (unit === "kB" ? 1e3 : unit === "MB" ? 1e6 : 1e9);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
