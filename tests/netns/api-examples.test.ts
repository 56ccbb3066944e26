import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiClient, ApiRefusal } from "@/lib/client/api-client";
import { newApiTokenSchema } from "@/lib/contracts/api-tokens";
import { SignedInStaff } from "../factories/started-demo";
import { type StartedProduct, startProduct } from "../factories/started-product";

const run = promisify(execFile);
const root = process.cwd();

let product: StartedProduct;
let token: string;
let bin: string;
let client: ApiClient;

beforeAll(async () => {
  product = await startProduct();
  const staff = await SignedInStaff.byLink(product);
  const input = { name: "examples", scopes: ["read", "subscribers", "policy", "nodes"], validDays: 1 };
  token = newApiTokenSchema.parse(await staff.call("POST", "/api/tokens", input)).secret;
  client = new ApiClient(product.portalUrl, token);
  bin = await mkdtemp(join(tmpdir(), "twinpath-bin-"));
  const command = join(bin, "twinpath");
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${root}/dist/twinpath.js" "$@"\n`);
  await chmod(command, 0o755);
});
afterAll(async () => {
  await product.stop();
  await rm(bin, { recursive: true, force: true });
});

function shell(script: string, apiToken = token): Promise<{ stdout: string }> {
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env["PATH"]}`,
    TWINPATH_PORTAL_URL: product.portalUrl,
    TWINPATH_API_TOKEN: apiToken,
  };
  return run("bash", ["-euo", "pipefail", "-c", script], { env });
}

describe("the API's examples", () => {
  it("work as they are written, in their order", async () => {
    const text = await readFile(join(root, "lib/client/README.md"), "utf8");
    const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = ""]) => script);
    const said = [];
    for (const script of blocks) said.push((await shell(script)).stdout);
    expect(said).toHaveLength(5);
    const [calls, subscriber, simulated, usage, drained] = said;
    expect(calls).toContain("POST   nodes/[id]/drain");
    expect(calls).toContain('"isHeard": true');
    expect(subscriber).toContain('"state": "suspended"');
    expect(simulated).toContain('"outcome":');
    expect(usage).toContain("day,msisdn,subscriber_id,access,upload_bytes,download_bytes");
    expect(drained).toMatch(/drains\.\n.* takes sessions\.\n$/);
  });

  it("come back as the portal's own words where it says no", async () => {
    const made = client.call("POST", "subscribers", {
      body: { msisdn: "12", imsi: null, state: "active", serviceClassId: "silver", extraWhiteListIds: [] },
    });
    await expect(made).rejects.toMatchObject({ status: 422, problem: { fields: { msisdn: expect.any(String) } } });
    await expect(made).rejects.toBeInstanceOf(ApiRefusal);
    await expect(shell("twinpath api GET staff")).rejects.toMatchObject({ stderr: expect.stringContaining("403") });
    await expect(shell("twinpath api GET nodes", "x.y")).rejects.toMatchObject({
      stderr: expect.stringContaining("401"),
    });
    await expect(shell("twinpath api GET nowhere")).rejects.toMatchObject({
      stderr: expect.stringContaining("The API has no GET nowhere"),
    });
  });
});
