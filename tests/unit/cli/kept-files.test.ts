import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepDatabaseUrl, runningDatabaseUrl } from "@/lib/cli/database-url-file";
import { keptSecret } from "@/lib/cli/secret-file";

const url = "postgresql://twinpath:password@127.0.0.1:5433/twinpath";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kept-files-"));
  vi.stubEnv("DATABASE_URL", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("keptSecret", () => {
  it("is made once, long, and readable by its owner only", () => {
    const path = join(folder, "data", "portal.secret");
    const secret = keptSecret(path);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{44}$/);
    expect(modeOf(path)).toBe(0o600);
    expect(keptSecret(path)).toBe(secret);
    expect(keptSecret(join(folder, "other.secret"))).not.toBe(secret);
  });

  it("is taken from a file that a person wrote", () => {
    const path = join(folder, "portal.secret");
    writeFileSync(path, "  chosen by hand\n");
    expect(keptSecret(path)).toBe("chosen by hand");
  });

  it("is made anew where the file is empty, as after a full disk", () => {
    const path = join(folder, "portal.secret");
    writeFileSync(path, "\n", { mode: 0o644 });
    const secret = keptSecret(path);
    expect(secret).toHaveLength(44);
    expect(keptSecret(path)).toBe(secret);
    expect(modeOf(path)).toBe(0o600);
  });
});

describe("the database's address", () => {
  it("is found while the product runs, readable by its owner only", () => {
    const forget = keepDatabaseUrl(folder, url);
    expect(runningDatabaseUrl(folder)).toBe(url);
    expect(modeOf(join(folder, "run", "database.url"))).toBe(0o600);
    forget();
    expect(existsSync(join(folder, "run", "database.url"))).toBe(false);
    forget();
  });

  it("says CLI_NOT_RUNNING, with the folder, where nothing runs", () => {
    expect(() => runningDatabaseUrl(folder)).toThrow(expect.objectContaining({ code: "CLI_NOT_RUNNING" }));
    expect(() => runningDatabaseUrl(folder)).toThrow(folder);
  });

  it("is the environment's where it is given", () => {
    keepDatabaseUrl(folder, url);
    vi.stubEnv("DATABASE_URL", "postgresql://elsewhere/twinpath");
    expect(runningDatabaseUrl(folder)).toBe("postgresql://elsewhere/twinpath");
  });

  it("replaces what a run that was killed left, whatever its mode", () => {
    const forget = keepDatabaseUrl(folder, "postgresql://old");
    const path = join(folder, "run", "database.url");
    forget();
    writeFileSync(path, "postgresql://old", { mode: 0o644 });
    keepDatabaseUrl(folder, url);
    expect(readFileSync(path, "utf8")).toBe(url);
    expect(modeOf(path)).toBe(0o600);
  });
});
