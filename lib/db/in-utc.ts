/**
 * A database address whose sessions are in UTC, whatever the server's, the database's or the user's zone: the adapter writes
 * times as UTC without saying so, and reads them as if they came so.
 */
export function inUtc(connectionString: string): string {
  const [place = "", query = ""] = connectionString.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("options", [parameters.get("options"), "-c TimeZone=UTC"].filter((text) => text !== null).join(" "));
  return `${place}?${parameters.toString()}`;
}
