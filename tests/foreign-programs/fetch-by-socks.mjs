/**
 * The `socks` package: node fetch-by-socks.mjs VERSION PROXY-HOST PORT USER PASSWORD HOST PORT PATH
 * Asks for the path by HTTP/1.0 and prints the answer's body.
 */
import { buffer } from "node:stream/consumers";
import { SocksClient } from "socks";

const [version, proxyHost, proxyPort, user, password, host, port, path] = process.argv.slice(2);
const { socket } = await SocksClient.createConnection({
  proxy: {
    host: proxyHost,
    port: Number(proxyPort),
    type: Number(version),
    // SOCKS 4 has a user id and nothing else.
    userId: version === "4" ? `${user}:${password}` : user,
    password,
  },
  command: "connect",
  destination: { host, port: Number(port) },
});
socket.write(`GET ${path} HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
const answer = await buffer(socket);
process.stdout.write(answer.subarray(answer.indexOf("\r\n\r\n") + 4));
