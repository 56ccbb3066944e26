/** A numeric address with its port. */
export type NumericSocketAddress = { address: string; port: number };

const numericV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function isV6(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

/** `192.0.2.1:1080` or `[2001:db8::1]:1080`; null for anything else. Also for browsers. */
export function parseSocketAddress(text: string): NumericSocketAddress | null {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const [, v6, v4] = found ?? [];
  const port = Number(found?.[3]);
  const address = v6 ?? v4 ?? "";
  const isNumeric = v6 === undefined ? numericV4.test(address) : isV6(v6);
  return isNumeric && port >= 1 && port <= 65_535 ? { address, port } : null;
}

/** The text that `parseSocketAddress` reads. */
export function socketAddressText({ address, port }: NumericSocketAddress): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
