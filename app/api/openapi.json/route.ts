import { apiDescriptionQuerySchema, type Language } from "@/lib/contracts/portal";
import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { type ApiWords, describeApi, englishApiWords } from "@/lib/http/openapi";
import { koreanApiWords } from "./korean-api-words";

const words: Readonly<Record<Language, ApiWords>> = { en: englishApiWords, ko: koreanApiWords };

export const GET = route({
  access: anyone,
  query: apiDescriptionQuerySchema,
  handle: async ({ query }) => describeApi(words[query.language]),
});
