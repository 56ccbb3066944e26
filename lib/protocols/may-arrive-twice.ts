/** Methods that change nothing (RFC 9110 §9.2.1). */
const safeHttp = /^(GET|HEAD|OPTIONS) /;

/**
 * Whether a program's first bytes may go with a SYN, which the network may double (RFC 7413 §2.1): a TLS ClientHello,
 * which TLS protects itself (RFC 8446 §8), and HTTP requests that change nothing.
 */
export function mayArriveTwice(bytes: Buffer): boolean {
  const isClientHello = bytes[0] === 0x16 && bytes[1] === 3 && bytes[5] === 1;
  return bytes.length === 0 || isClientHello || safeHttp.test(bytes.toString("latin1", 0, 8));
}
