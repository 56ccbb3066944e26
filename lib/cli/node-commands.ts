import type { Command, Option } from "commander";
import { readEnv } from "@/lib/shared/env";
import { apiPortal } from "./api-commands";
import { nodeOrders, runNodeJoinCode, runNodeList, runNodeOrder, runNodeRotate } from "./run-node";

/**
 * `twinpath node …`: proxy nodes, from the portal's own machine, while the product runs; orders from anywhere, with an
 * API token.
 */
export function addNodeCommands(program: Command, dataDir: () => Option, portalPort: number): void {
  const node = program.command("node").description("proxy nodes of the portal (while the product runs)");
  node.command("list").description("every proxy node, its state and address").addOption(dataDir()).action(runNodeList);
  node
    .command("join-code <name>")
    .description("a one-time code with which one node joins")
    .option("--region <region>", "where it is, as devices name their own (north, seoul-1)")
    .addOption(dataDir())
    .option(
      "--portal <url>",
      "the portal as the node reaches it",
      readEnv("NEXTAUTH_URL") ?? `http://127.0.0.1:${portalPort}`,
    )
    .action(runNodeJoinCode);
  node
    .command("rotate <id>")
    .description("have a node change its credential")
    .addOption(dataDir())
    .action(runNodeRotate);
  for (const [order, description] of nodeOrders)
    node
      .command(`${order} <id>`)
      .description(`${description} (by the API, token in TWINPATH_API_TOKEN)`)
      .requiredOption("--reason <text>", "kept in the audit log")
      .addOption(apiPortal(portalPort))
      .action((id: string, options: { reason: string; portal: string }) => runNodeOrder(order, id, options));
}
