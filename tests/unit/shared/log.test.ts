import type { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, describe, expect, it, vi } from "vitest";
import { createLog } from "@/lib/shared/log";
import { loggedPath } from "@/lib/shared/logged-path";

const folder = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function written(file: string, write: (log: ReturnType<typeof createLog>) => void): string {
  vi.stubEnv("TWINPATH_LOG_LEVEL", "info");
  const path = join(folder, file);
  write(createLog("test", path));
  return readFileSync(path, "utf8");
}

describe("a log", () => {
  it("hides secrets, credentials and numbers that are handed along, one object deep", () => {
    const text = written("hidden.log", (log) => {
      log.info({ secret: "aa1", headers: { authorization: "bb2", cookie: "cc3" } }, "asked");
      log.warn({ credential: "dd4", user: { password: "ee5", token: "ff6", msisdn: "821012345678" } }, "refused");
    });
    expect(text.match(/\[hidden\]/g)).toHaveLength(7);
    expect(text).not.toMatch(/aa1|bb2|cc3|dd4|ee5|ff6|821012345678/);
  });

  it("has of an error its kind, words and causes, without whole numbers and without what libraries hang on it", () => {
    const cause = Object.assign(new Error("Key (msisdn)=(821012345678) already exists."), {
      code: "23505",
      parameters: ["821012345678", "a secret"],
    });
    const text = written("error.log", (log) => log.error({ err: new TypeError("not written", { cause }) }, "failed"));
    const { err } = JSON.parse(text);
    expect(err).toMatchObject({ type: "TypeError", message: "not written", cause: { code: "23505" } });
    expect(err.cause.message).toBe("Key (msisdn)=(…5678) already exists.");
    expect(text).not.toMatch(/821012345678|a secret/);
  });

  it("goes on where its terminal was closed, and fails where its output does otherwise", () => {
    const streamOf = (log: pino.Logger): EventEmitter => Reflect.get(log, pino.symbols.streamSym);
    const failing = (code: string) => Object.assign(new Error(`write ${code}`), { code });
    const log = createLog("test");
    expect(() => streamOf(log).emit("error", failing("EIO"))).not.toThrow();
    expect(() => log.warn("nobody reads this")).not.toThrow();
    expect(() => streamOf(createLog("test")).emit("error", failing("ENOSPC"))).toThrow("ENOSPC");
  });

  it("bounds the causes of an error that is its own", () => {
    const error = new Error("round");
    error.cause = error;
    expect(written("round.log", (log) => log.error({ err: error }, "failed")).length).toBeLessThan(20_000);
  });
});

describe("a logged address", () => {
  it.each([
    ["/setup?token=abcdefghijklmnopqrstuvwxyz0123456789", "/setup"],
    ["/api/support/snapshots/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4/revoke", "/api/support/snapshots/…/revoke"],
    ["/api/staff/3f2c1e04-6f4d-4a3a-9f55-0d7f0ab3c111", "/api/staff/3f2c1e04-6f4d-4a3a-9f55-0d7f0ab3c111"],
    ["/api/sessions#fragment", "/api/sessions"],
    [`/${"a/".repeat(5000)}`, `/${"a/".repeat(149)}a`],
  ])("%s", (url, path) => {
    expect(loggedPath(url)).toBe(path);
  });
});
