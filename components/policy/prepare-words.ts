/** A count with its noun: `1 subscriber`, `1,204 subscribers`. */
export function formatCount(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}
