import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { trackedFiles } from "../factories/tracked-files";

const sources = trackedFiles().filter((file) => /^(app|components|lib|prisma)\/.*\.(ts|tsx)$/.test(file));
const read = (file: string): string => readFileSync(file, "utf8");

describe("sources", () => {
  it("are found", () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  it("read process.env in one file only", () => {
    const others = sources.filter((file) => file !== "lib/shared/env.ts" && /process\.env\b/.test(read(file)));
    expect(others).toEqual([]);
  });

  it("have routes that export only what the route wrapper returns", () => {
    const routes = sources.filter((file) => file.endsWith("/route.ts") && !file.includes("[...nextauth]"));
    expect(routes.length).toBeGreaterThan(5);
    const odd = routes.filter((file) => {
      const exports = [...read(file).matchAll(/^export (.*)$/gm)].map((match) => match[1] ?? "");
      return exports.some((text) => !/^const (GET|POST|PUT|PATCH|DELETE) = route\(/.test(text));
    });
    expect(odd).toEqual([]);
  });

  it("keep to 400 lines a file", () => {
    expect(sources.filter((file) => read(file).split("\n").length > 400)).toEqual([]);
  });
});
