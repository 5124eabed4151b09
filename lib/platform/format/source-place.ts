/** "users.csv, line 812"; for an endpoint its page. */
export function formatPlace(part: string, position: number): string {
  return `${part}, ${/\.(csv|zip)$/i.test(part) ? "line" : "page"} ${position}`;
}
