import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import type { LookupFunction } from "node:net";
import { say } from "@/lib/contracts/sentences";
import { errorMessage, SaidError } from "@/lib/shared/errors";
import { resolveWebhook, type WebhookAddress } from "./webhook-address";

const timeoutMs = 5000;

/** Dials the address that was checked, whatever the name is by then. */
function pinned({ address, family }: WebhookAddress): LookupFunction {
  return (_host, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

function post(target: WebhookAddress, body: string): Promise<number> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const options = {
    method: "POST",
    headers,
    lookup: pinned(target),
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
  };
  const send = target.url.protocol === "https:" ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const request = send(target.url, options, (response) => {
      // What it answers is of no use here; a redirect is an answer as any other.
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** POST a JSON text to a webhook. Errors: SaidError WEBHOOK_REFUSED, WEBHOOK_FAILED with what to look after. */
export async function sendWebhook(url: string, content: object): Promise<void> {
  const target = await resolveWebhook(url);
  const status = await post(target, JSON.stringify(content)).catch((cause: unknown) => {
    const said = say("webhookUnreached", { host: target.url.host, why: errorMessage(cause) });
    throw new SaidError("WEBHOOK_FAILED", said, { cause });
  });
  if (status < 200 || status > 299)
    throw new SaidError("WEBHOOK_FAILED", say("webhookAnswered", { host: target.url.host, status }));
}
