import { closeDatabase } from "@/lib/db/client";
import { enrolDevice } from "@/lib/services/enrol-device";
import { setEnv } from "@/lib/shared/env";
import { AppError } from "@/lib/shared/errors";
import { newShortId } from "@/lib/shared/ids";
import { runningDatabaseUrl } from "./database-url-file";
import { say } from "./say";

export type EnrolCommand = { dataDir: string; msisdn: string; class: string; device?: string };

/** `twinpath enrol`: make a device of a subscriber and show its secret once. */
export async function runEnrol(options: EnrolCommand): Promise<void> {
  if (!/^[1-9][0-9]{6,14}$/.test(options.msisdn))
    throw new AppError("CLI_BAD_MSISDN", `--msisdn is "${options.msisdn}": give 7 to 15 digits without "+".`);
  setEnv("DATABASE_URL", runningDatabaseUrl(options.dataDir));
  const deviceId = options.device ?? `device-${newShortId()}`;
  const enrolled = await enrolDevice({ deviceId, msisdn: options.msisdn, serviceClassId: options.class });
  say(`Device:  ${enrolled.deviceId}`);
  say(`Secret:  ${enrolled.secret}   (shown once; give it to the agent as TWINPATH_DEVICE_SECRET)`);
  await closeDatabase();
}
