import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/shared/project-root";
import { trackedFiles } from "../factories/tracked-files";

const root = projectRoot();
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Routes that change something without an entry in the audit log, and why. */
const unaudited: Record<string, string> = {
  "demo/shares/open": "shows one run",
  "demo/source/[id]": "counts what a run of the log sends, and keeps nothing",
  "nodes/policy-acks": "a node's word about itself, kept with the version",
  "nodes/telemetry": "a node's figures",
  "policy/simulate": "changes nothing",
  "testbed/reports": "a testbed's figures",
};

/** Files of lib that a file imports values of. */
function importsOf(file: string): string[] {
  const statements = read(file).matchAll(/^import (?!type )([^;]*?) from "([^"]+)";/gms);
  return [...statements].flatMap(([, , from = ""]) => {
    const path = from.startsWith("@/") ? from.slice(2) : from.startsWith("./") ? join(file, "..", from) : null;
    const found = path === null ? [] : [`${path}.ts`, `${path}/index.ts`].filter((one) => existsSync(join(root, one)));
    return found.filter((one) => /^lib\/(services|auth|db)\//.test(one));
  });
}

/** Whether the file, or one that it calls, appends to the audit chain. */
function isAudited(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  return (
    /\bappendAudit\(\s*(transaction|chunk)\b/.test(read(file)) || importsOf(file).some((one) => isAudited(one, seen))
  );
}

type Write = { route: string; method: string; handler: string };

function writesOf(route: string): Write[] {
  const parts = read(route).split(/^(?=export const )/m);
  return parts.flatMap((handler) => {
    const method = /^export const (POST|PUT|PATCH|DELETE)\b/.exec(handler)?.[1];
    return method === undefined ? [] : [{ route, method, handler }];
  });
}

/** The services that a handler calls. */
function servicesOf({ route, handler }: Write): string[] {
  const lines = read(route).split("\n");
  return importsOf(route).filter((file) => {
    const line = lines.find((one) => one.includes(`"@/${file.replace(/\.ts$/, "")}"`)) ?? "";
    const names = [...line.matchAll(/\b([a-z][A-Za-z]+)\b(?=[ ,}])/g)].map(([name]) => name);
    return file.startsWith("lib/services/") && names.some((name) => handler.includes(`${name}(`));
  });
}

describe("every write of a route", () => {
  const routes = trackedFiles().filter((file) => /^app\/api\/.*\/route\.ts$/.test(file));
  const writes = routes.flatMap(writesOf);
  const pathOf = ({ route }: Write): string => route.replace(/^app\/api\//, "").replace(/\/route\.ts$/, "");

  it.each(writes.filter((write) => !(pathOf(write) in unaudited)))("$method $route has its audit row", (write) => {
    const services = servicesOf(write);
    expect(services).not.toEqual([]);
    expect(services.filter((file) => isAudited(file))).not.toEqual([]);
  });

  it("that has no audit row says why", () => {
    expect(Object.keys(unaudited).filter((path) => !writes.map(pathOf).includes(path))).toEqual([]);
  });
});
