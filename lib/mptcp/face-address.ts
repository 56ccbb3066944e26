/** A numeric IPv4 or IPv6 address (no brackets, no zone) and a port in host order. */
export type SocketAddress = { address: string; port: number };
