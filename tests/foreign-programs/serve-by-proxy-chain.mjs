/**
 * The `proxy-chain` package: node serve-by-proxy-chain.mjs UPSTREAM COMMAND …
 * Serves as a proxy in front of the upstream one (http:// or socks5://) while the command runs, which finds its address
 * in $CHAIN.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Server } from "proxy-chain";

const [upstreamProxyUrl, command, ...args] = process.argv.slice(2);
const server = new Server({ port: 0, host: "127.0.0.1", prepareRequestFunction: () => ({ upstreamProxyUrl }) });
await server.listen();
const env = { ...process.env, CHAIN: `http://127.0.0.1:${server.port}` };
const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env });
child.stdout.pipe(process.stdout);
const [code] = await once(child, "close");
await server.close(true);
process.exitCode = code ?? 1;
