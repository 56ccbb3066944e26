import { joinRequestSchema } from "@/lib/contracts/nodes";
import { anyProgram } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { requestSource } from "@/lib/http/request-source";
import { joinNode } from "@/lib/services/join-node";

export const POST = route({
  access: anyProgram,
  body: joinRequestSchema,
  status: 201,
  handle: ({ body, request }) => joinNode({ ...body, source: requestSource(request) }),
});
