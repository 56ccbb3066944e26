/** The part of an HTTPS or SVCB record that says where to connect. `target` is "" for the owner name itself. */
export type ServiceBinding = { target: string; addressHints: string[] };

const ipv4Hint = 4;
const ipv6Hint = 6;

function readName(data: Buffer, start: number): { name: string; end: number } | null {
  const labels: string[] = [];
  let at = start;
  for (let length = data[at]; length !== 0; length = data[at]) {
    if (length === undefined || length > 63 || at + 1 + length > data.length) return null;
    labels.push(data.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 1 };
}

function ipv4Text(bytes: Buffer): string {
  return [...bytes].join(".");
}

function ipv6Text(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(":");
}

/**
 * Read target and address hints of an HTTPS or SVCB record's data; null where it is malformed.
 * Source: RFC 9460 §2.2, §7.3.
 */
export function readServiceBinding(data: Buffer): ServiceBinding | null {
  const found = readName(data, 2);
  if (found === null) return null;
  const binding: ServiceBinding = { target: found.name, addressHints: [] };
  let at = found.end;
  while (at < data.length) {
    if (at + 4 > data.length) return null;
    const key = data.readUInt16BE(at);
    const end = at + 4 + data.readUInt16BE(at + 2);
    if (end > data.length) return null;
    const width = key === ipv4Hint ? 4 : key === ipv6Hint ? 16 : 0;
    for (let from = at + 4; width > 0 && from + width <= end; from += width) {
      const bytes = data.subarray(from, from + width);
      binding.addressHints.push(width === 4 ? ipv4Text(bytes) : ipv6Text(bytes));
    }
    at = end;
  }
  return binding;
}
