import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { proxyCertificate } from "@/lib/cli/proxy-tls";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "proxy-tls-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("takes the files that were named, and wants both or neither", async () => {
  expect(await proxyCertificate({}, folder)).toBeNull();
  const files = { tlsCert: "a.crt", tlsKey: "a.key" };
  expect(await proxyCertificate(files, folder)).toEqual({ certFile: "a.crt", keyFile: "a.key" });
  await expect(proxyCertificate({ tlsKey: "a.key" }, folder)).rejects.toMatchObject({ code: "CLI_HALF_CERTIFICATE" });
});

it("makes a certificate for this machine once, its key for the owner alone", async () => {
  const files = await proxyCertificate({ tls: true }, folder);
  const made = readFileSync(files?.certFile ?? "");
  expect(new X509Certificate(made).checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(statSync(files?.keyFile ?? "").mode & 0o077).toBe(0);
  expect(await proxyCertificate({ tls: true }, folder)).toEqual(files);
  expect(readFileSync(files?.certFile ?? "")).toEqual(made);
});
