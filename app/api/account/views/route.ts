import { tableViewInputSchema, tableViewQuerySchema } from "@/lib/contracts/table-views";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { keepTableView } from "@/lib/services/keep-table-view";
import { listTableViews } from "@/lib/services/list-table-views";

export const GET = route({
  access: anyStaff,
  query: tableViewQuerySchema,
  handle: ({ actor, query }) => listTableViews(actor, query.table),
});

export const POST = route({
  access: anyStaff,
  body: tableViewInputSchema,
  status: 201,
  handle: ({ actor, body }) => keepTableView(actor, body),
});
