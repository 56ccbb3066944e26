import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);
const objectBytes = 2_000_000;

/** What foreign clients fetch. */
export type ForeignContent = { sha256: string; sizeBytes: number };

/** Fetches the object, as a browser does, and says how long it is and what its bytes add up to. */
const page = `<!doctype html><title>page</title><body>waiting<script>
  fetch("object.bin").then((answer) => answer.arrayBuffer()).then((buffer) => {
    const sum = new Uint8Array(buffer).reduce((all, byte) => all + byte, 0);
    document.body.textContent = "bytes " + buffer.byteLength + " sum " + sum;
  });
</script>`;

const control = `Package: twinpath-foreign
Version: 1
Architecture: all
Maintainer: nobody <nobody@invalid>
Description: a package of a test
`;

/**
 * Fill the folder with an object and what holds it: a page, a git repository (`repository.git`, for servers that know
 * nothing of git too) and a Debian archive (`apt`).
 */
export async function makeForeignContent(folder: string): Promise<ForeignContent> {
  const object = randomBytes(objectBytes);
  const [work, debian] = [join(folder, "work"), join(folder, "deb")];
  for (const made of [work, join(folder, "apt"), join(debian, "DEBIAN")]) await mkdir(made, { recursive: true });
  await writeFile(join(folder, "page.html"), page);
  for (const made of [folder, work, debian]) await writeFile(join(made, "object.bin"), object);
  await writeFile(join(debian, "DEBIAN/control"), control);
  const git = `git -c user.name=nobody -c user.email=nobody@invalid -c init.defaultBranch=main`;
  const line = `cd '${folder}' && ${git} -C work init -q && ${git} -C work add . && ${git} -C work commit -q -m object \
    && ${git} clone -q --bare work repository.git && ${git} -C repository.git update-server-info \
    && ${git} -C repository.git config http.receivepack true \
    && dpkg-deb --root-owner-group -b deb apt/twinpath-foreign.deb && cd apt \
    && apt-ftparchive packages . > Packages && apt-ftparchive release . > Release`;
  await exec("bash", ["-c", line]);
  return { sha256: createHash("sha256").update(object).digest("hex"), sizeBytes: objectBytes };
}

/** What the page says once it has the whole object. */
export function saysPage({ sizeBytes }: ForeignContent): RegExp {
  return new RegExp(`bytes ${sizeBytes} sum [0-9]+`);
}

/**
 * An SSH server that lets nobody in; `hostKey` is what clients are to see of it.
 * @param inFront what a command begins with that is to run where the content is
 */
export async function startSshServer(
  folder: string,
  port: number,
  inFront: readonly string[] = [],
): Promise<{ hostKey: string; stop: () => void }> {
  const key = join(folder, "host-key");
  await mkdir(folder, { recursive: true });
  await exec("dropbearkey", ["-t", "ed25519", "-f", key]);
  const { stdout } = await exec("dropbearkey", ["-y", "-f", key]);
  const [command = "", ...args] = [...inFront, "dropbear", "-F", "-s", "-r", key, "-p", String(port)];
  const child = spawn(command, [...args, "-P", join(folder, "dropbear.pid")], { stdio: "ignore" });
  return { hostKey: /^ssh-ed25519 (\S+)/m.exec(stdout)?.[1] ?? "", stop: () => void child.kill() };
}
