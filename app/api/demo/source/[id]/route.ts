import { demoUploadQuerySchema, maxDemoObjectBytes } from "@/lib/contracts/demo";
import { idParamsSchema } from "@/lib/contracts/portal";
import { anyProgram } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { streamedBody } from "@/lib/http/streamed-body";
import { openDemoSource, takeDemoUpload } from "@/lib/services/open-demo-source";

export const GET = route({
  access: anyProgram,
  params: idParamsSchema,
  handle: async ({ params }) => {
    const { sizeBytes, chunks } = await openDemoSource(params.id);
    const headers = { "content-type": "application/octet-stream", "content-length": String(sizeBytes) };
    return new Response(streamedBody(chunks), { headers: { ...headers, "cache-control": "no-store" } });
  },
});

export const PUT = route({
  access: anyProgram,
  params: idParamsSchema,
  query: demoUploadQuerySchema,
  upload: { contentType: "application/octet-stream", maxBytes: maxDemoObjectBytes },
  handle: ({ params, query, bytes }) => takeDemoUpload(params.id, query.lane, bytes),
});
