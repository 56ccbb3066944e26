import * as z from "zod";
import type { Translate } from "@/lib/words/translate";

const operationSchema = z.object({
  summary: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.unknown() })),
  requestBody: z.object({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), z.unknown()),
});

/** What the reader uses of `GET /api/openapi.json`. */
export const apiDocumentSchema = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

export type ApiDocument = z.infer<typeof apiDocumentSchema>;
export type ApiOperation = z.infer<typeof operationSchema> & { method: string; path: string };

/** Operations by the part of the API they belong to, of those that hold every word of the text. */
export function prepareOperations(document: ApiDocument, text: string): { part: string; operations: ApiOperation[] }[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const parts = new Map<string, ApiOperation[]>();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const haystack = `${method} ${path} ${operation.summary}`.toLowerCase();
      if (!words.every((word) => haystack.includes(word))) continue;
      const part = operation.tags[0] ?? "";
      parts.set(part, [...(parts.get(part) ?? []), { ...operation, method: method.toUpperCase(), path }]);
    }
  return [...parts].map(([part, operations]) => ({ part, operations }));
}

const credentialNames = (t: Translate): Record<string, string> => ({
  session: t("apiReference.aSignedInBrowser"),
  apiToken: t("apiReference.anApiToken"),
  nodeCredential: t("apiReference.aNodesCredential"),
  deviceCredential: t("apiReference.aDevicesCredential"),
});

/** What a call must show: "a signed-in browser or an API token". */
export function describeCredential(t: Translate, { security }: Pick<ApiOperation, "security">): string {
  const names = security.flatMap((one) => Object.keys(one)).map((name) => credentialNames(t)[name] ?? name);
  return names.length === 0 ? t("common.none") : names.join(` ${t("apiReference.or")} `);
}
