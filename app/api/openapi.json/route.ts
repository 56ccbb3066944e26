import { apiDescriptionQuerySchema } from "@/lib/contracts/portal";
import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { describeApi } from "@/lib/http/openapi";
import { koreanApiWords } from "./korean-api-words";

export const GET = route({
  access: anyone,
  query: apiDescriptionQuerySchema,
  handle: async ({ query }) => (query.language === "ko" ? describeApi(koreanApiWords) : describeApi()),
});
