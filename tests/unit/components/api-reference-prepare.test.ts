import { describe, expect, it } from "vitest";
import { apiDocumentSchema, describeCredential, prepareOperations } from "@/components/api-reference/prepare-api";
import { describeApi } from "@/lib/http/openapi";
import { english } from "../../factories/words";

const document = apiDocumentSchema.parse(describeApi());
const found = (text: string) =>
  prepareOperations(document, text).flatMap(({ operations }) =>
    operations.map(({ method, path }) => `${method} ${path}`),
  );

describe("prepareOperations", () => {
  it("groups every call by its part of the API", () => {
    const parts = prepareOperations(document, "");
    expect(parts.map(({ part }) => part)).toEqual(expect.arrayContaining(["subscribers", "policy", "nodes", "staff"]));
    expect(new Set(parts.map(({ part }) => part)).size).toBe(parts.length);
  });

  it("finds by method, path and summary", () => {
    expect(found("delete subscribers")).toEqual(["DELETE /api/subscribers/{id}"]);
    expect(found("hash chain")).toEqual(["GET /api/audit/verification"]);
    expect(found("no such call at all")).toEqual([]);
  });
});

describe("describeCredential", () => {
  it("says what a call must show", () => {
    const of = (path: string, method: string) =>
      describeCredential(english, document.paths[path]?.[method] ?? { security: [] });
    expect(of("/api/subscribers", "get")).toBe("a signed-in browser or an API token");
    expect(of("/api/staff", "get")).toBe("a signed-in browser");
    expect(of("/api/nodes/telemetry", "post")).toBe("a node's credential");
    expect(of("/api/health", "get")).toBe("none");
  });
});
