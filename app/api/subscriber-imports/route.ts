import { pageQuerySchema } from "@/lib/contracts/portal";
import { importNameQuerySchema, maxImportBytes } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders, subscriberWriters } from "@/lib/services/actor";
import { createImport } from "@/lib/services/create-import";
import { listImports } from "@/lib/services/list-imports";

export const GET = route({
  access: staff(...subscriberReaders),
  query: pageQuerySchema,
  handle: ({ query }) => listImports(query),
});

export const POST = route({
  access: staff(...subscriberWriters),
  query: importNameQuerySchema,
  upload: { contentType: "text/csv", maxBytes: maxImportBytes },
  status: 201,
  handle: ({ actor, query, bytes }) => createImport(actor, { name: query.name, bytes }),
});
