import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { envDocs } from "@/lib/shared/env";

const folder = "lib/cli/deployment";
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const units = readdirSync(folder).filter((name) => /\.(service|timer)$/.test(name));
const commands = [...readFileSync("lib/cli/main.ts", "utf8").matchAll(/\.command\("([a-z]+)/g)].map(([, name]) => name);
/** Set for the framework, systemd or the compose file itself. */
const others = ["NODE_ENV", "TWINPATH_DATABASE_PASSWORD"];

describe("the files of a deployment", () => {
  it.each([...units, "Dockerfile", "compose.yaml"])("%s names commands and variables of the product only", (name) => {
    const text = read(name);
    const called = [...text.matchAll(/dist\/twinpath\.js(?:", ")? ?"?([a-z]+)?/g)].flatMap(([, word]) => word ?? []);
    expect(called.filter((command) => !commands.includes(command))).toEqual([]);
    const variables = [...text.matchAll(/\b((?:TWINPATH|NEXTAUTH)_[A-Z_]+|DATABASE_URL|NODE_ENV)\b/g)].map(
      ([word]) => word,
    );
    expect(variables.filter((variable) => !(variable in envDocs) && !others.includes(variable))).toEqual([]);
  });

  it("build from files that are there, and leave out what is built", () => {
    const [, dockerfile = ""] = /dockerfile: (\S+)/.exec(read("compose.yaml")) ?? [];
    expect(existsSync(dockerfile)).toBe(true);
    expect(existsSync(`${dockerfile}.dockerignore`)).toBe(true);
    const [, script = ""] = /^RUN node (\S+) build$/m.exec(read("Dockerfile")) ?? [];
    expect(existsSync(script)).toBe(true);
    const ignored = read("Dockerfile.dockerignore").split("\n");
    for (const path of ["node_modules", ".next", "dist", ".git"]) expect(ignored).toContain(path);
  });

  it("pin what they start from, and keep secrets out of themselves", () => {
    expect(read("Dockerfile")).toMatch(/^FROM \S+:\S+$/m);
    expect(read("Dockerfile")).not.toMatch(/^(ENV|ARG) .*(SECRET|PASSWORD|TOKEN)/m);
    expect(read("compose.yaml")).not.toMatch(/:latest|PASSWORD: (?!\$\{)\S/);
    expect(read("twinpath.service")).toMatch(/NoNewPrivileges=true[\s\S]*ProtectSystem=full/);
  });

  it("have each unit that another one waits for", () => {
    const named = units.flatMap((name) =>
      [...read(name).matchAll(/^(?:Requisite|Requires|Unit)=(\S+)/gm)].map(([, unit]) => unit),
    );
    expect(named.filter((unit) => unit?.startsWith("twinpath") && !units.includes(unit))).toEqual([]);
  });
});
