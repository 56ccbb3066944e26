/** A part of an address that opens something: a link's token. */
const secretPart = /[\w-]{30,}/g;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const maxLength = 300;

/** An address as the log may have it: without the query, and without tokens in its path. */
export function loggedPath(url: string): string {
  const [path = ""] = url.split(/[?#]/);
  return path
    .slice(0, maxLength)
    .split("/")
    .map((part) => (uuid.test(part) ? part : part.replaceAll(secretPart, "…")))
    .join("/");
}
