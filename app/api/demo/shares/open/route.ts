import { openDemoShareSchema } from "@/lib/contracts/demo-shares";
import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { requestSource } from "@/lib/http/request-source";
import { openDemoShare } from "@/lib/services/open-demo-share";

export const POST = route({
  access: anyone,
  body: openDemoShareSchema,
  handle: ({ body, request }) => openDemoShare({ token: body.token, source: requestSource(request) }),
});
