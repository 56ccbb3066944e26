import { lookup } from "node:dns/promises";
import { say } from "@/lib/contracts/sentences";
import { type Cidr, isInCidr, parseAddress, refusedRange } from "@/lib/policy";
import { errorMessage, SaidError } from "@/lib/shared/errors";
import type { Said } from "@/lib/shared/said";
import { readWebhookRanges } from "./webhook-ranges";

export type WebhookAddress = { url: URL; address: string; family: 4 | 6 };

const refused = (said: Said): SaidError => new SaidError("WEBHOOK_REFUSED", said);

/** An address of the form that is called at all. Errors: SaidError WEBHOOK_REFUSED. */
export function parseWebhookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refused(say("webhookNoAddress"));
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(say("webhookOtherProtocol"));
  if (url.username !== "" || url.password !== "") throw refused(say("webhookHasPassword"));
  if (url.port === "25") throw refused(say("webhookMailPort"));
  return url;
}

function requireReachable(url: URL, address: string, allowed: readonly Cidr[]): void {
  const parsed = parseAddress(address);
  if (parsed !== null && allowed.some((range) => isInCidr(range, parsed))) return;
  const range = refusedRange(address);
  if (range !== null) throw refused(say("webhookInside", { host: url.hostname, address, range }));
  if (url.protocol !== "https:") throw refused(say("webhookNeedsTls"));
}

/**
 * Where a webhook's address leads now: resolved once, each address checked, and one of them given to be dialled, so that
 * a second answer of the DNS leads nowhere.
 *
 * Errors: SaidError WEBHOOK_REFUSED, WEBHOOK_FAILED for a name that cannot be resolved.
 */
export async function resolveWebhook(text: string): Promise<WebhookAddress> {
  const url = parseWebhookUrl(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    const said = say("webhookUnresolved", { host: url.hostname, why: errorMessage(cause) });
    throw new SaidError("WEBHOOK_FAILED", said, { cause });
  });
  const allowed = readWebhookRanges();
  for (const { address } of found) requireReachable(url, address, allowed);
  const [first] = found;
  if (first === undefined) throw new SaidError("WEBHOOK_FAILED", say("webhookNameEmpty", { host: url.hostname }));
  return { url, address: first.address, family: first.family === 6 ? 6 : 4 };
}
