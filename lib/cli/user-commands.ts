import type { Command, Option } from "commander";
import { readEnv } from "@/lib/shared/env";
import { runUserDisable, runUserList, runUserResetLink, runUserTotpOff } from "./run-user";

/** `twinpath user …`: accounts of the portal, from its own machine, while the product runs. */
export function addUserCommands(program: Command, dataDir: () => Option, portalPort: number): void {
  const user = program.command("user").description("accounts of the portal, for emergencies (while the product runs)");
  user.command("list").description("every account, with role and state").addOption(dataDir()).action(runUserList);
  user
    .command("reset-link <email>")
    .description("a one-time link with which the account chooses a new password")
    .addOption(dataDir())
    .option(
      "--portal <url>",
      "the portal as browsers reach it",
      readEnv("NEXTAUTH_URL") ?? `http://127.0.0.1:${portalPort}`,
    )
    .action(runUserResetLink);
  user
    .command("disable <email>")
    .description("sign the account out everywhere and keep it out")
    .addOption(dataDir())
    .action(runUserDisable);
  user
    .command("totp-off <email>")
    .description("turn the account's second factor off")
    .addOption(dataDir())
    .action(runUserTotpOff);
}
