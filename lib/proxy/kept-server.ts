import type { Connection } from "@/lib/mptcp/connection";
import type { ForwardRequest } from "@/lib/protocols/accept-request";
import type { ExchangeEnds } from "@/lib/protocols/exchange-http";
import { authorityText } from "@/lib/protocols/host";

type Side = "client" | "upstream";

/**
 * The server's connection of a client that asks by HTTP, kept from one request to the next where both go to the same
 * host and port, at an address that policy lets pass, and both may be asked twice (RFC 9110 §9.2.2): a server may close
 * at any moment. What it says, or that it closes, before it is asked again ends it.
 */
export class KeptServer implements ExchangeEnds {
  /** What the server says next; asked for in advance, so that its end is seen at once. */
  private ahead: Promise<Buffer | null> | null = null;
  /** Where it is connected; null: nowhere, as far as HTTP goes. */
  private current: { authority: string; address: string } | null = null;
  /** It may be asked again. */
  private isKept = false;

  constructor(private readonly connection: Connection) {}

  /** The address where this request's server is connected still; null: it is to be dialled, nothing is kept any more. */
  take(request: ForwardRequest, addresses: readonly string[]): string | null {
    const { current, isKept } = this;
    this.isKept = false;
    if (!isKept || current === null || !request.mayRepeat) return this.drop();
    const isSame = current.authority === authorityText(request.host, request.port);
    return isSame && addresses.includes(current.address) ? current.address : this.drop();
  }

  /** This request goes to that address from now on. */
  use(request: ForwardRequest, address: string): void {
    this.current = { authority: authorityText(request.host, request.port), address };
  }

  /** The request is over: without `keep` so is the server's connection. */
  settle(): void {
    if (!this.isKept) this.drop();
  }

  /** Another one may be dialled, there is none any more. */
  drop(): null {
    if (this.current === null) return null;
    this.current = null;
    this.isKept = false;
    this.ahead = null;
    this.connection.hangUp();
    return null;
  }

  keep(): void {
    this.isKept = true;
    const ahead = this.connection.read("upstream");
    this.ahead = ahead;
    const spoke = (): void => {
      if (this.ahead === ahead && this.isKept) this.drop();
    };
    ahead.then(spoke, () => {});
  }

  read(side: Side): Promise<Buffer | null> {
    const { ahead } = this;
    if (side === "client" || ahead === null) return this.connection.read(side);
    this.ahead = null;
    return ahead;
  }

  write(side: Side, bytes: Uint8Array): void {
    this.connection.write(side, bytes);
  }

  answer(bytes: Uint8Array): void {
    this.connection.answer(bytes);
  }

  pass(source: Side, bytes: number): Promise<void> {
    return this.connection.pass(source, bytes);
  }

  relay(): void {
    this.connection.relay();
  }

  close(how: "flush" | "reset"): void {
    this.connection.close(how);
  }
}
