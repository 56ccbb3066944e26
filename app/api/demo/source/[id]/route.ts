import { idParamsSchema } from "@/lib/contracts/portal";
import { anyProgram } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { streamedBody } from "@/lib/http/streamed-body";
import { openDemoSource } from "@/lib/services/open-demo-source";

export const GET = route({
  access: anyProgram,
  params: idParamsSchema,
  handle: async ({ params }) => {
    const { sizeBytes, chunks } = await openDemoSource(params.id);
    const headers = { "content-type": "application/octet-stream", "content-length": String(sizeBytes) };
    return new Response(streamedBody(chunks), { headers: { ...headers, "cache-control": "no-store" } });
  },
});
