import type { SocketAddress } from "./face";

const mostAddresses = 8192;
const addresses = new Map<string, string>();

/** The same text as one string in memory, however often it is read: thousands of sessions have few addresses. */
function oneOf(address: string): string {
  const known = addresses.get(address);
  if (known !== undefined) return known;
  if (addresses.size >= mostAddresses) addresses.clear();
  addresses.set(address, address);
  return address;
}

/** Reads the little-endian records of native/wire.c, front to back. */
export class WireReader {
  private at = 0;

  /** @param length the records', where the memory is larger */
  constructor(
    private bytes: Buffer,
    private readonly length = bytes.length,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.length;
  }

  /** Read on in a copy: what is read later finds its records, whatever becomes of the memory. */
  keep(): void {
    this.bytes = Buffer.from(this.bytes.subarray(0, this.length));
  }

  u8(): number {
    const value = this.bytes.readUInt8(this.at);
    this.at += 1;
    return value;
  }

  u16(): number {
    const value = this.bytes.readUInt16LE(this.at);
    this.at += 2;
    return value;
  }

  u32(): number {
    const value = this.bytes.readUInt32LE(this.at);
    this.at += 4;
    return value;
  }

  number(): number {
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  text(): string {
    const length = this.u8();
    const value = this.bytes.toString("latin1", this.at, this.at + length);
    this.at += length;
    return value;
  }

  /** A copy, so that a few bytes that are kept do not keep the whole batch. */
  data(): Buffer {
    const length = this.u32();
    const value = Buffer.from(this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return value;
  }

  address(): SocketAddress {
    const port = this.u16();
    return { address: oneOf(this.text()), port };
  }

  /** Pass over an address; `addressesAt` reads it later. */
  skipAddress(): void {
    this.at += 3 + this.bytes.readUInt8(this.at + 2);
  }

  get position(): number {
    return this.at;
  }

  /** Addresses that lie one after another from a position on. */
  addressesAt(position: number, count: number): SocketAddress[] {
    const reader = new WireReader(this.bytes);
    reader.at = position;
    return Array.from({ length: count }, () => reader.address());
  }

  /** null for the empty one. */
  optionalAddress(): SocketAddress | null {
    const address = this.address();
    return address.address === "" ? null : address;
  }
}
