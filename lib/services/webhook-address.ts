import { lookup } from "node:dns/promises";
import { type Cidr, isInCidr, parseAddress, refusedRange } from "@/lib/policy";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { readWebhookRanges } from "./webhook-ranges";

export type WebhookAddress = { url: URL; address: string; family: 4 | 6 };

function refused(why: string): AppError {
  return new AppError("WEBHOOK_REFUSED", `The webhook is not called: ${why}`);
}

/** An address of the form that is called at all. Errors: AppError WEBHOOK_REFUSED. */
export function parseWebhookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refused("this is no address. Write https://host/path.");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused("only https is spoken.");
  if (url.username !== "" || url.password !== "") throw refused("take name and password out of the address.");
  if (url.port === "25") throw refused("port 25 is mail's.");
  return url;
}

function requireReachable(url: URL, address: string, allowed: readonly Cidr[]): void {
  const parsed = parseAddress(address);
  if (parsed !== null && allowed.some((range) => isInCidr(range, parsed))) return;
  const range = refusedRange(address);
  if (range !== null)
    throw refused(`${url.hostname} is ${address}, ${range}. An address inside is allowed by TWINPATH_WEBHOOK_RANGES.`);
  if (url.protocol !== "https:") throw refused("a public address is called by https only.");
}

/**
 * Where a webhook's address leads now: resolved once, each address checked, and one of them given to be dialled, so that
 * a second answer of the DNS leads nowhere.
 *
 * Errors: AppError WEBHOOK_REFUSED, WEBHOOK_FAILED for a name that cannot be resolved.
 */
export async function resolveWebhook(text: string): Promise<WebhookAddress> {
  const url = parseWebhookUrl(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    const why = `${url.hostname} cannot be resolved (${errorMessage(cause)}). Check the name.`;
    throw new AppError("WEBHOOK_FAILED", why, { cause });
  });
  const allowed = readWebhookRanges();
  for (const { address } of found) requireReachable(url, address, allowed);
  const [first] = found;
  if (first === undefined) throw new AppError("WEBHOOK_FAILED", `${url.hostname} has no address. Check the name.`);
  return { url, address: first.address, family: first.family === 6 ? 6 : 4 };
}
