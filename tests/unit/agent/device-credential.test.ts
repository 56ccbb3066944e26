import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { deviceCredential } from "@/lib/agent/device-credential";
import { enrolRequestSchema } from "@/lib/contracts/subscribers";

/** The portal's enrolment by its contract: one code, which works once. */
let portal: Server;
let portalUrl: string;
let folder: string;
let names: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinpath-device-"));
  names = [];
  let isUsed = false;
  portal = createServer(async (request, response) => {
    const { code, name } = enrolRequestSchema.parse(await json(request));
    const isRight = request.url === "/api/agents/enrol" && code === "K7QF-3M9T" && !isUsed;
    isUsed ||= isRight;
    if (isRight) names.push(name);
    const problem = {
      type: "about:blank",
      title: "No",
      status: 404,
      detail: "This code is unknown or used up.",
      code: "X",
    };
    response.writeHead(isRight ? 201 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(isRight ? { deviceId: "device-1", secret: "s3cret" } : problem));
  });
  portal.listen(0, "127.0.0.1");
  await once(portal, "listening");
  portalUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
});

afterEach(() => {
  portal.close();
  rmSync(folder, { recursive: true });
});

const file = (): string => join(folder, "deep/device.json");
const ask = (code: string | null, name: string | null = null) =>
  deviceCredential({ portalUrl, file: file(), code, name });

it("redeems a code once, and needs none afterwards", async () => {
  expect(await ask("K7QF-3M9T", "My phone")).toEqual({ deviceId: "device-1", secret: "s3cret" });
  expect(names).toEqual(["My phone"]);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(await ask(null)).toEqual({ deviceId: "device-1", secret: "s3cret" });
  expect(await ask("K7QF-3M9T")).toEqual({ deviceId: "device-1", secret: "s3cret" });
  expect(names).toHaveLength(1);
  expect(readFileSync(file(), "utf8")).not.toContain("K7QF");
});

it("says why there is no credential", async () => {
  await expect(ask(null)).rejects.toThrow(/not enrolled: .*--code/);
  await expect(ask("AAAA-BBBB")).rejects.toThrow("This code is unknown or used up.");
  await ask("K7QF-3M9T");
  await expect(ask("AAAA-BBBB")).rejects.toThrow("This code is unknown or used up.");
  expect(await ask(null)).toEqual({ deviceId: "device-1", secret: "s3cret" });
  writeFileSync(file(), "{}");
  await expect(ask(null)).rejects.toThrow(/holds no device credential/);
});

it("uses no code up while the credential cannot be kept, and names the file", async () => {
  mkdirSync(`${file()}.new`, { recursive: true });
  await expect(ask("K7QF-3M9T")).rejects.toThrow(/cannot be kept in .*device\.json \(EISDIR.*--data-dir/);
  expect(names).toEqual([]);
  rmSync(`${file()}.new`, { recursive: true });
  await expect(ask("AAAA-BBBB")).rejects.toThrow("This code is unknown or used up.");
  expect(await ask("K7QF-3M9T")).toEqual({ deviceId: "device-1", secret: "s3cret" });
  expect(readdirSync(join(folder, "deep"))).toEqual(["device.json"]);
});

it("takes a file that cannot be read for no missing one", async () => {
  mkdirSync(file(), { recursive: true });
  await expect(ask("K7QF-3M9T")).rejects.toThrow(/device\.json cannot be read \(EISDIR.*--data-dir/);
  expect(names).toEqual([]);
});

it("says where the portal was looked for", async () => {
  portal.close();
  await once(portal, "close");
  await expect(ask("K7QF-3M9T")).rejects.toThrow(
    /portal at http:\/\/127\.0\.0\.1:\d+ was not reached \(.*ECONNREFUSED/,
  );
});
