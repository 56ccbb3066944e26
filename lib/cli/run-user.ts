import { disableStaff } from "@/lib/services/change-staff";
import { makeStaffLink } from "@/lib/services/create-staff-link";
import { readAllStaff } from "@/lib/services/list-staff";
import { takeSecondFactorAway } from "@/lib/services/remove-second-factor";
import { setEnv } from "@/lib/shared/env";
import { say } from "./say";
import { commandActor, withRunningDatabase } from "./with-running-database";

export type UserCommand = { dataDir: string };

/** `twinpath user list`. */
export async function runUserList({ dataDir }: UserCommand): Promise<void> {
  await withRunningDatabase(dataDir, async () => {
    for (const { email, name, role, state, hasSecondFactor } of await readAllStaff())
      say(`${email}   ${role}   ${state}${hasSecondFactor ? ", second factor" : ""}   ${name}`);
  });
}

/** `twinpath user reset-link EMAIL`: shows the link once. */
export async function runUserResetLink(email: string, options: UserCommand & { portal: string }): Promise<void> {
  setEnv("NEXTAUTH_URL", options.portal);
  await withRunningDatabase(options.dataDir, async () => {
    const { url, expiresAt } = await makeStaffLink({ email: email.toLowerCase() }, commandActor);
    say(`Link:  ${url}   (works once, until ${expiresAt}: chooses a new password)`);
  });
}

/** `twinpath user disable EMAIL`. */
export async function runUserDisable(email: string, { dataDir }: UserCommand): Promise<void> {
  const by = { actor: commandActor, reason: "twinpath user disable" };
  await withRunningDatabase(dataDir, () => disableStaff(email.toLowerCase(), by));
  say(`${email} is disabled and signed out. An administrator can enable it again.`);
}

/** `twinpath user totp-off EMAIL`. */
export async function runUserTotpOff(email: string, { dataDir }: UserCommand): Promise<void> {
  await withRunningDatabase(dataDir, async () => {
    await takeSecondFactorAway({ email: email.toLowerCase() }, commandActor, "twinpath user totp-off");
  });
  say(`${email} signs in with the password alone.`);
}
