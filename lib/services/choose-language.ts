import type { Language } from "@/lib/contracts/portal";
import { appendAudit } from "@/lib/db/audit-chain";
import { getDatabase } from "@/lib/db/client";
import { auditName, type StaffActor } from "./actor";

/** Keep the language of one's own pages with the account. */
export async function chooseLanguage(staff: StaffActor, language: Language): Promise<null> {
  await getDatabase().$transaction(async (transaction) => {
    const [row] = await transaction.$queryRaw<{ language: Language | null }[]>`
      SELECT language::text FROM staff WHERE id = ${staff.id}::uuid FOR UPDATE`;
    if (row === undefined || row.language === language) return;
    await transaction.staff.update({ where: { id: staff.id }, data: { language } });
    await appendAudit(transaction, {
      actor: auditName(staff),
      action: "staff.choose-language",
      target: `staff:${staff.id}`,
      before: { language: row.language },
      after: { language },
    });
  });
  return null;
}
