import { demoRequestSchema } from "@/lib/contracts/demo";
import { pageQuerySchema } from "@/lib/contracts/portal";
import { anyStaff, staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { demoRoles } from "@/lib/services/actor";
import { createDemoRun } from "@/lib/services/create-demo-run";
import { listDemoRuns } from "@/lib/services/list-demo-runs";

export const GET = route({ access: anyStaff, query: pageQuerySchema, handle: ({ query }) => listDemoRuns(query) });

export const POST = route({
  access: staff(...demoRoles),
  body: demoRequestSchema,
  status: 201,
  handle: ({ actor, body }) => createDemoRun(actor, body),
});
