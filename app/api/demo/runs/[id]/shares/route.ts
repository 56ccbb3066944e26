import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { demoRoles } from "@/lib/services/actor";
import { createDemoShare } from "@/lib/services/create-demo-share";
import { listDemoShares } from "@/lib/services/list-demo-shares";

export const GET = route({
  access: staff(...demoRoles),
  params: idParamsSchema,
  handle: ({ actor, params }) => listDemoShares(actor, params.id),
});

export const POST = route({
  access: staff(...demoRoles),
  params: idParamsSchema,
  status: 201,
  handle: ({ actor, params }) => createDemoShare(actor, params.id),
});
