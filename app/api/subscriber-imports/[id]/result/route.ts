import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { csvResponse } from "@/lib/http/csv-response";
import { subscriberWriters } from "@/lib/services/actor";
import { exportImportResult } from "@/lib/services/export-import-result";
import { getImport } from "@/lib/services/get-import";

export const GET = route({
  access: staff(...subscriberWriters),
  params: idParamsSchema,
  handle: async ({ actor, params }) => {
    const { name } = await getImport(params.id);
    return csvResponse(`result-${name}`, exportImportResult(actor, params.id));
  },
});
