import { Command, InvalidArgumentError, Option } from "commander";
import { presets } from "@/lib/contracts/demo-presets";
import { parseCidr } from "@/lib/policy";
import { readEnv, readPortEnv } from "@/lib/shared/env";
import { AppError, errorMessage } from "@/lib/shared/errors";
import { version } from "@/lib/shared/version";
import { addApiCommand } from "./api-commands";
import { runDoctor } from "./doctor";
import { addNodeCommands } from "./node-commands";
import { runAgent } from "./run-agent";
import { runBackup, runRestore } from "./run-backup";
import { runDemoCommand } from "./run-demo";
import { runEnrol } from "./run-enrol";
import { runPortal } from "./run-portal";
import { runProxy, runReload } from "./run-proxy";
import { runReconcile } from "./run-reconcile";
import { runTestbed } from "./run-testbed";
import { runUp } from "./run-up";
import { complain, outliveReaders } from "./say";
import { addUserCommands } from "./user-commands";

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError("give a port from 1 to 65535.");
  return port;
}

function addCidr(text: string, before: string[] = []): string[] {
  parseCidr(text);
  return [...before, text];
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 1 || seconds > 86_400)
    throw new InvalidArgumentError("give seconds from 1 to 86400.");
  return seconds;
}

function parseDay(text: string): Date {
  const day = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(day.getTime()))
    throw new InvalidArgumentError("give a day as 2026-01-31.");
  return day;
}

const dataDir = (): Option =>
  new Option("--data-dir <folder>", "where everything is kept").default(readEnv("TWINPATH_DATA_DIR") ?? ".data");
const preset = (): Option =>
  new Option("--preset <id>", "link settings").choices(presets.map(({ id }) => id)).default("city");
const portalUrl = (): Option => {
  const option = new Option("--portal <url>", "the portal as this machine reaches it").makeOptionMandatory();
  const known = readEnv("TWINPATH_PORTAL_URL");
  return known === null ? option : option.default(known);
};
const portalAddress = (): Option =>
  new Option("--address <address>", "address the portal listens on").default(readEnv("TWINPATH_HOST") ?? "127.0.0.1");
const pagePort = (): Option =>
  new Option("--page-port <port>", "port of the agent's page on 127.0.0.1; 0: no page")
    .argParser((text) => (text === "0" ? 0 : parsePort(text)))
    .default(1088);
const metricsPort = (): Option => {
  const option = new Option("--metrics-port <port>", "port of /metrics for Prometheus (default: none)").argParser(
    parsePort,
  );
  return readEnv("TWINPATH_PROXY_METRICS_PORT") === null
    ? option
    : option.default(readPortEnv("TWINPATH_PROXY_METRICS_PORT", 0));
};
const port = (fallback: number): Option =>
  new Option("--port <port>", "port to listen on").argParser(parsePort).default(fallback);

function buildProgram(): Command {
  const program = new Command("twinpath").version(version).description("Explicit MPTCP proxy system and its portal");
  const portalPort = readPortEnv("TWINPATH_PORT", 3000);
  const proxyPort = readPortEnv("TWINPATH_PROXY_PORT", 1080);
  program
    .command("up", { isDefault: false })
    .description("database, portal and one proxy on this machine")
    .addOption(dataDir())
    .addOption(portalAddress())
    .addOption(port(portalPort))
    .option("--proxy-address <address>", "address the proxy listens on", "0.0.0.0")
    .addOption(new Option("--proxy-port <port>", "port of the proxy").argParser(parsePort).default(proxyPort))
    .action(runUp);
  program
    .command("demo")
    .description("up, plus the deployment figure in network namespaces (root)")
    .addOption(dataDir())
    .addOption(portalAddress())
    .addOption(port(portalPort))
    .addOption(preset())
    .action(runDemoCommand);
  program
    .command("portal")
    .description("one portal process")
    .addOption(portalAddress())
    .addOption(port(portalPort))
    .action(runPortal);
  program
    .command("proxy")
    .description("one proxy node (credential kept after --join, or in TWINPATH_NODE_CREDENTIAL)")
    .option("--join <code>", "one-time code from the portal's page Nodes; later starts need none")
    .option("--public <address:port>", "told at joining: where devices reach this node (staff can change it)")
    .addOption(portalUrl())
    .addOption(dataDir())
    .option("--address <address>", "address to listen on", "0.0.0.0")
    .addOption(port(proxyPort))
    .option("--threads <count>", "relay threads (default: one a core)", (text) => Math.max(1, Number(text)))
    .option("--tls", "take TLS on the port as well (https://, SOCKS over TLS), with a certificate made at first start")
    .option("--tls-cert <file>", "certificate for TLS on the port, PEM; read again when it changes")
    .option("--tls-key <file>", "its key")
    .option("--proxy-header-from <cidr...>", "balancers whose connections begin with a PROXY protocol header", addCidr)
    .option("--proxy-header-to <cidr...>", "destinations told the client's address by such a header", addCidr)
    .option("--udp-associate", "relay datagrams of SOCKS5 clients too (UDP ASSOCIATE), each by the white-lists")
    .addOption(
      new Option("--drain-deadline <seconds>", "how long a process that was replaced serves its sessions on")
        .argParser(parseSeconds)
        .default(3600),
    )
    .option("--metrics-address <address>", "address of the metrics for Prometheus", "127.0.0.1")
    .addOption(metricsPort())
    .addOption(new Option("--take-over", "replace the process that serves with this data folder").hideHelp())
    .action(runProxy);
  program
    .command("reload")
    .description("replace the process of the proxy that runs with this data folder, without losing a session")
    .addOption(dataDir())
    .action(runReload);
  program
    .command("agent")
    .description("path manager and local proxy of a device")
    .addOption(portalUrl())
    .option("--code <code>", "one-time code from the portal that enrols this device; later starts need none")
    .option("--name <name>", "how staff see this device (default: its host name)")
    .addOption(dataDir())
    .requiredOption("--proxy <host:port>", "the operator's proxy, while the portal names no nodes")
    .option("--region <region>", "where the device is, as the portal's nodes are named; those are tried first")
    .option("--wifi <link>", "WiFi: the interface, whose address is followed (wlan0), or this device's address on it")
    .option("--lte <link>", "LTE: the interface, or this device's address on it")
    .option("--wifi-on <command>", "turns WiFi on when white-listed traffic starts; no shell: words apart at spaces")
    .option("--wifi-off <command>", "turns it off again when idle, unless it was on without the agent")
    .addOption(
      new Option("--wifi-idle <seconds>", "how long without white-listed traffic before --wifi-off")
        .argParser(parseSeconds)
        .default(60),
    )
    .option("--address <address>", "address to listen on for this device's programs", "127.0.0.1")
    .addOption(port(proxyPort))
    .option(
      "--convert",
      "ask the proxy by TCP Convert (RFC 8803): a round trip or two sooner; by SOCKS where it cannot",
    )
    .option("--transparent", "take programs without proxy settings too (Linux, root or CAP_NET_ADMIN, nftables)")
    .option("--dns <address...>", "DNS servers to forward to with --transparent (default: those of /etc/resolv.conf)")
    .addOption(pagePort())
    .option("--allow-demo-runs", "let staff run the Demo page's lanes on this device, over its own links (wget)")
    .option("--demo-source <url>", "where these fetch their object, and nothing else (default: the portal)")
    .action(runAgent);
  program
    .command("enrol")
    .description("make a device of a subscriber and show its secret once (while the product runs)")
    .addOption(dataDir())
    .option("--msisdn <digits>", "the subscriber's number, E.164 without +", "99999000002")
    .option("--class <id>", "service class of the subscriber", "gold")
    .option("--device <id>", "device id (default: a new one)")
    .action(runEnrol);
  program
    .command("backup <file>")
    .description("everything in the database into a file, while the product runs")
    .addOption(dataDir())
    .action(runBackup);
  program
    .command("restore <file>")
    .description("such a file into a new data folder (or the empty database of DATABASE_URL)")
    .addOption(dataDir())
    .action(runRestore);
  addUserCommands(program, dataDir, portalPort);
  addNodeCommands(program, dataDir, portalPort);
  addApiCommand(program, portalPort);
  program
    .command("reconcile")
    .description("prove that paths, sessions and the usage ledger have the same bytes (while the product runs)")
    .addOption(dataDir())
    .option("--from <day>", "first day, UTC (default: the ledger's first)", parseDay)
    .option("--to <day>", "last day, UTC (default: today)", parseDay)
    .action(async (options) => {
      process.exitCode = (await runReconcile(options)) === 0 ? 0 : 1;
    });
  program
    .command("testbed")
    .description("the deployment figure alone (root)")
    .addOption(dataDir())
    .addOption(preset())
    .action(runTestbed);
  program
    .command("doctor")
    .description("what this machine can do, and how to mend what is missing")
    .action(async () => {
      process.exitCode = (await runDoctor()) === 0 ? 0 : 1;
    });
  return program;
}

outliveReaders();
try {
  await buildProgram().parseAsync();
} catch (error) {
  complain(
    error instanceof AppError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? errorMessage(error))
        : errorMessage(error),
  );
  process.exitCode = 1;
}
// Handles that a library left open must not keep a finished command alive.
process.exit();
