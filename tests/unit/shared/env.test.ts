import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { childEnv, type EnvName, envDocs, readEnv, readMode, readPortEnv, requireEnv, setEnv } from "@/lib/shared/env";

beforeEach(() => {
  for (const name of Object.keys(envDocs)) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe("readEnv", () => {
  it("takes an empty value for none", () => {
    expect(readEnv("TWINPATH_HOST")).toBeNull();
    vi.stubEnv("TWINPATH_HOST", "");
    expect(readEnv("TWINPATH_HOST")).toBeNull();
    vi.stubEnv("TWINPATH_HOST", "192.0.2.1");
    expect(readEnv("TWINPATH_HOST")).toBe("192.0.2.1");
  });
});

describe("requireEnv", () => {
  it.each(Object.keys(envDocs) as EnvName[])("names %s and what it means", (name) => {
    expect(() => requireEnv(name)).toThrow(expect.objectContaining({ code: "ENV_MISSING" }));
    expect(() => requireEnv(name)).toThrow(new RegExp(`^${name} `));
    expect(() => requireEnv(name)).toThrow(envDocs[name]);
  });
});

describe("readPortEnv", () => {
  it.each([
    ["1", 1],
    ["8080", 8080],
    ["65535", 65_535],
  ])("takes %s", (text, port) => {
    vi.stubEnv("TWINPATH_PORT", text);
    expect(readPortEnv("TWINPATH_PORT", 3000)).toBe(port);
  });

  it("takes the fallback where nothing is set", () => {
    expect(readPortEnv("TWINPATH_PORT", 3000)).toBe(3000);
  });

  it.each(["0", "65536", "-1", "80.5", "http", "0x50", "1e3", " ", "80 81", "NaN", "Infinity"])(
    "names the variable and the value %j",
    (text) => {
      vi.stubEnv("TWINPATH_PORT", text);
      const read = (): number => readPortEnv("TWINPATH_PORT", 3000);
      expect(read).toThrow(expect.objectContaining({ code: "ENV_BAD_VALUE" }));
      expect(read).toThrow(`TWINPATH_PORT is "${text}"`);
    },
  );
});

describe("childEnv", () => {
  it("sets, removes and passes on, and leaves this process alone", () => {
    vi.stubEnv("TWINPATH_HOST", "here");
    setEnv("TWINPATH_PORT", "4000");
    const env = childEnv({ TWINPATH_HOST: null, TWINPATH_LOG_LEVEL: "debug" });
    expect(env).toMatchObject({ TWINPATH_PORT: "4000", TWINPATH_LOG_LEVEL: "debug" });
    expect(env).toHaveProperty("PATH");
    expect(env).not.toHaveProperty("TWINPATH_HOST");
    expect(readEnv("TWINPATH_HOST")).toBe("here");
    expect(readEnv("TWINPATH_LOG_LEVEL")).toBeNull();
  });
});

describe("readMode", () => {
  it.each([
    ["development", "development"],
    ["test", "test"],
    ["production", "production"],
    ["staging", "production"],
    ["", "production"],
  ])("%j is %s", (value, mode) => {
    vi.stubEnv("NODE_ENV", value);
    expect(readMode()).toBe(mode);
  });
});
