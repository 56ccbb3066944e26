import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "@/package.json";
import { trackedFiles } from "../factories/tracked-files";

const documents = trackedFiles().filter((file) => file.endsWith(".md"));
const rooms = /^(app|components|prisma|lib|public|tests|\.ci)\//;

/** Paths in back quotes that begin with one of our folders; a path with a placeholder is no reference. */
function citedPaths(text: string): string[] {
  return [...text.matchAll(/`([^`\s]+)`/g)]
    .flatMap((match) => (match[1] === undefined ? [] : [match[1]]))
    .filter((path) => rooms.test(path) && !/[<>*{}…$]/.test(path));
}

describe("documents", () => {
  it.each(documents)("%s cites only paths that exist", (file) => {
    const missing = citedPaths(readFileSync(file, "utf8")).filter(
      (path) => !existsSync(path) && !existsSync(join(dirname(file), path)),
    );
    expect(missing).toEqual([]);
  });

  it.each(documents)("%s names only npm scripts and measures that exist", (file) => {
    const text = readFileSync(file, "utf8");
    const scripts = [...text.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? "");
    expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([]);
    const measures = [...text.matchAll(/npm run measure -- ([a-z-]+)/g)].map((match) => match[1] ?? "");
    expect(measures.filter((name) => !existsSync(`tests/measure/${name}.ts`))).toEqual([]);
  });
});
