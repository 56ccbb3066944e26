import { closeDatabase } from "@/lib/db/client";
import { disableStaff } from "@/lib/services/change-staff";
import { makeStaffLink } from "@/lib/services/create-staff-link";
import { readAllStaff } from "@/lib/services/list-staff";
import { takeSecondFactorAway } from "@/lib/services/remove-second-factor";
import { setEnv } from "@/lib/shared/env";
import { runningDatabaseUrl } from "./database-url-file";
import { say } from "./say";

export type UserCommand = { dataDir: string };

/** As the audit log has what was done here: by somebody who may read the data folder. */
const actor = "system";

async function withDatabase(dataDir: string, work: () => Promise<void>): Promise<void> {
  setEnv("DATABASE_URL", runningDatabaseUrl(dataDir));
  try {
    await work();
  } finally {
    await closeDatabase();
  }
}

/** `twinpath user list`. */
export async function runUserList({ dataDir }: UserCommand): Promise<void> {
  await withDatabase(dataDir, async () => {
    for (const { email, name, role, state, hasSecondFactor } of await readAllStaff())
      say(`${email}   ${role}   ${state}${hasSecondFactor ? ", second factor" : ""}   ${name}`);
  });
}

/** `twinpath user reset-link EMAIL`: shows the link once. */
export async function runUserResetLink(email: string, options: UserCommand & { portal: string }): Promise<void> {
  setEnv("NEXTAUTH_URL", options.portal);
  await withDatabase(options.dataDir, async () => {
    const { url, expiresAt } = await makeStaffLink({ email: email.toLowerCase() }, actor);
    say(`Link:  ${url}   (works once, until ${expiresAt}: chooses a new password)`);
  });
}

/** `twinpath user disable EMAIL`. */
export async function runUserDisable(email: string, { dataDir }: UserCommand): Promise<void> {
  const by = { actor, reason: "twinpath user disable" };
  await withDatabase(dataDir, () => disableStaff(email.toLowerCase(), by));
  say(`${email} is disabled and signed out. An administrator can enable it again.`);
}

/** `twinpath user totp-off EMAIL`. */
export async function runUserTotpOff(email: string, { dataDir }: UserCommand): Promise<void> {
  await withDatabase(dataDir, async () => {
    await takeSecondFactorAway({ email: email.toLowerCase() }, actor, "twinpath user totp-off");
  });
  say(`${email} signs in with the password alone.`);
}
