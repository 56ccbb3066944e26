import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { koreanApiWords } from "@/app/api/openapi.json/korean-api-words";
import { type ApiCall, type ApiMethod, apiCalls } from "@/lib/contracts/api";
import type { RouteHandler } from "@/lib/http/api-route";
import { describeApi, openApiPath } from "@/lib/http/openapi";
import { callSummaries } from "@/lib/words/ko/call-summaries";
import { trackedFiles } from "../factories/tracked-files";

type RouteModule = Record<string, RouteHandler | undefined>;
const modules = import.meta.glob<RouteModule>("../../app/api/**/route.ts");
const routes = trackedFiles()
  .filter((file) => /^app\/api\/.*\/route\.ts$/.test(file))
  .map((file) => file.replace(/^app\/api\//, "").replace(/\/route\.ts$/, ""));

const accessOf = ({ caller }: ApiCall): string => (typeof caller === "string" ? caller : `staff:${caller.join(",")}`);
const document = describeApi() as {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>;
};

describe("the API's description", () => {
  it("has the addresses of the routes, and no other", () => {
    expect(Object.keys(apiCalls).sort()).toEqual([...routes].sort());
  });

  it.each(routes)("tells of /api/%s what its handlers take", async (path) => {
    const module = (await modules[`../../app/api/${path}/route.ts`]?.()) ?? {};
    const calls = apiCalls[path] ?? {};
    expect(Object.keys(calls).sort()).toEqual(Object.keys(module).sort());
    for (const [method, call] of Object.entries(calls) as [ApiMethod, ApiCall][]) {
      const handler = module[method];
      expect(accessOf(call), method).toBe(handler?.access);
      expect(call.params, `${method} params`).toBe(handler?.shape.params);
      expect(call.query, `${method} query`).toBe(handler?.shape.query);
      expect(call.body, `${method} body`).toBe(handler?.shape.body);
      expect(call.upload, `${method} upload`).toBe(handler?.shape.upload);
      // Where the handler itself sends 201 with an ETag, its source says so.
      const isSentByHandler = /jsonWithEtag\([^;]*, 201\)/.test(readFileSync(`app/api/${path}/route.ts`, "utf8"));
      const status = isSentByHandler && method === "POST" ? 201 : handler?.shape.status;
      expect(call.status, `${method} status`).toBe(status);
    }
  });

  it("is in Korean too, each call and no other", () => {
    const calls = Object.entries(apiCalls).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(Object.keys(callSummaries).sort()).toEqual(calls.sort());
    expect(JSON.stringify(describeApi(koreanApiWords))).toContain(callSummaries["GET subscribers"]);
  });

  it("names the headers that handlers ask for", () => {
    for (const path of routes) {
      const parts = readFileSync(`app/api/${path}/route.ts`, "utf8").split(/^(?=export const )/m);
      for (const [method, call] of Object.entries(apiCalls[path] ?? {})) {
        const handler = parts.find((part) => part.startsWith(`export const ${method} `)) ?? "";
        const asked = [
          ...(handler.includes("preconditionOf(") ? ["If-Match"] : []),
          ...(handler.includes("idempotencyKeyOf(") ? ["Idempotency-Key"] : []),
        ];
        expect(call.needs ?? [], `${method} ${path}`).toEqual(asked);
      }
    }
  });

  it("is an OpenAPI document whose operations have their own names and path parameters", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths).sort()).toEqual(routes.map(openApiPath).sort());
    const names = new Set<string>();
    for (const [path, operations] of Object.entries(document.paths))
      for (const { operationId, parameters } of Object.values(operations)) {
        expect(names.has(operationId), operationId).toBe(false);
        names.add(operationId);
        const inPath = parameters.filter((one) => one.in === "path").map(({ name }) => name);
        expect(inPath, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      }
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
