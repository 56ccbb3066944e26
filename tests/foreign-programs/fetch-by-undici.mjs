/**
 * Node's fetch through undici's ProxyAgent: node fetch-by-undici.mjs PROXY USER PASSWORD URL …
 * Prints the last answer's body; the addresses are asked for one after the other.
 */
import { fetch, ProxyAgent } from "undici";

const [uri, user, password, ...urls] = process.argv.slice(2);
const dispatcher = new ProxyAgent({
  uri,
  token: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
  requestTls: { rejectUnauthorized: false },
  proxyTls: { rejectUnauthorized: false },
});
let body = Buffer.alloc(0);
for (const url of urls) {
  const answer = await fetch(url, { dispatcher });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  body = Buffer.from(await answer.arrayBuffer());
}
process.stdout.write(body);
await dispatcher.close();
