import { sessionListQuerySchema } from "@/lib/contracts/portal";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { listSessions } from "@/lib/services/list-sessions";

export const GET = route({
  access: anyStaff,
  query: sessionListQuerySchema,
  handle: ({ query }) => listSessions(query),
});
