/** Host and port of a pasted URL or of `host:port`; anything else stays as it is, and the port is not known. */
export function splitTarget(text: string): { host: string; port: string | null } {
  const trimmed = text.trim();
  const schemePort = { "https:": "443", "http:": "80" };
  if (/^https?:\/\//i.test(trimmed) && URL.canParse(trimmed)) {
    const { protocol, hostname, port } = new URL(trimmed);
    const known = protocol === "https:" ? schemePort["https:"] : schemePort["http:"];
    return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? known : port };
  }
  const [, host, port] = /^\[([0-9a-f:.]+)\]:(\d{1,5})$/i.exec(trimmed) ?? /^([^:]+):(\d{1,5})$/.exec(trimmed) ?? [];
  return host === undefined || port === undefined ? { host: text, port: null } : { host, port };
}
