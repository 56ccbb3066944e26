import { idParamsSchema } from "@/lib/contracts/portal";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { deleteTableView } from "@/lib/services/delete-table-view";

export const DELETE = route({
  access: anyStaff,
  params: idParamsSchema,
  handle: ({ actor, params }) => deleteTableView(actor, params.id),
});
