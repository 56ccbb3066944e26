import { join } from "node:path";
import { type ForeignContent, saysPage } from "./foreign-content";

/** Where foreign clients are, and what they may ask for. */
export type ForeignPlace = {
  /** The proxy, with the device's credentials, and TLS on the same port. */
  proxy: { host: string; port: number };
  device: { deviceId: string; secret: string };
  /** The agent, which asks nobody for credentials. */
  agent: { host: string; port: number };
  /** The folder of `makeForeignContent`, as both servers show it. */
  content: ForeignContent & { http: string; https: string };
  /** Takes any body and answers `taken`. */
  uploadUrl: string;
  /** The same repository from a server that speaks git; null where there is none. */
  gitUrl: string | null;
  ssh: { host: string; port: number; hostKey: string };
  /** A folder for what clients write. */
  folder: string;
};

export type ForeignCase = {
  what: string;
  /** For bash; its standard output is to match `expected`. */
  line: string;
  expected: RegExp;
};

const node = `'${process.execPath}'`;
const programs = "tests/foreign-programs";

/** The device's credentials as part of a URL. */
const userInfo = ({ deviceId, secret }: ForeignPlace["device"]): string =>
  [deviceId, secret].map(encodeURIComponent).join(":");

/** What is asked by a command line that prints the object. */
function fetches({ proxy, device, agent, content, ssh: _, ...place }: ForeignPlace): [string, string][] {
  const { deviceId, secret } = device;
  const who = `${userInfo(device)}@${proxy.host}:${proxy.port}`;
  const socks4 = `${encodeURIComponent(`${deviceId}:${secret}`)}@${proxy.host}:${proxy.port}`;
  const open = `${agent.host}:${agent.port}`;
  const { http, https } = { http: `${content.http}/object.bin`, https: `${content.https}/object.bin` };
  const { hostname, port } = new URL(http);
  const secure = new URL(https);
  const at = `${proxy.host} ${proxy.port} ${deviceId} ${secret}`;
  const wget = "wget -q -O - --no-check-certificate";
  const curl = "curl -sS";
  const part = join(place.folder, "part.bin");
  const chains = (kind: string, credentials: string, command: string): string => {
    const file = join(place.folder, `proxychains-${kind}.conf`);
    const lines = ["strict_chain", "quiet_mode", "[ProxyList]", `${kind} ${proxy.host} ${proxy.port} ${credentials}`];
    return `printf '%s\\n' ${lines.map((text) => `'${text}'`).join(" ")} > ${file}; proxychains4 -q -f ${file} ${command}`;
  };
  const socks = (version: number, path: string): string =>
    `${node} ${programs}/fetch-by-socks.mjs ${version} ${at} ${hostname} ${port || 80} ${path}`;
  const tls = `-connect ${secure.host}${secure.port === "" ? ":443" : ""}`;
  const path = new URL(http).pathname;
  return [
    ["curl --socks5-hostname", `${curl} --socks5-hostname ${who} ${http}`],
    ["curl --socks5, https", `${curl} -k --socks5 ${who} ${https}`],
    ["curl --socks4a", `${curl} --socks4a ${socks4} ${http}`],
    ["curl --socks4, https", `${curl} -k --socks4 ${socks4} ${https}`],
    ["curl --proxy, forwarded", `${curl} --proxy http://${who} ${http}`],
    ["curl --proxy, forwarded, HTTP/1.0", `${curl} -0 --proxy http://${who} ${http}`],
    ["curl --proxy1.0, https", `${curl} -k --proxy1.0 ${who} ${https}`],
    ["curl --proxy, CONNECT", `${curl} -k --proxy http://${who} ${https}`],
    ["curl --proxytunnel", `${curl} -p --proxy http://${who} ${http}`],
    ["curl --proxy-anyauth", `${curl} --proxy-anyauth --proxy http://${who} ${http}`],
    ["curl --proxy-insecure, forwarded", `${curl} --proxy-insecure --proxy https://${who} ${http}`],
    ["curl --proxy-insecure, CONNECT", `${curl} -k --proxy-insecure --proxy https://${who} ${https}`],
    [
      "curl that goes on where it stopped",
      `${curl} --proxy http://${who} -r 0-999999 -o ${part} ${http} && ${curl} --proxy http://${who} -C - -o ${part} ${http} && cat ${part}`,
    ],
    ["curl --socks5-hostname at the agent", `${curl} --socks5-hostname ${open} ${http}`],
    ["curl --socks4a at the agent", `${curl} --socks4a ${open} ${http}`],
    ["curl --proxy at the agent, CONNECT", `${curl} -k --proxy http://${open} ${https}`],
    ["curl --proxy at the agent, forwarded", `${curl} --proxy http://${open} ${http}`],
    ["wget", `${wget} -e http_proxy=http://${who} ${http}`],
    ["wget, https", `${wget} -e https_proxy=http://${who} ${https}`],
    ["wget at the agent, https", `${wget} -e https_proxy=http://${open} ${https}`],
    [
      "wget --continue",
      `${curl} --proxy http://${who} -r 0-699999 -o ${part} ${http} && wget -q --continue -O ${part} -e http_proxy=http://${who} ${http} && cat ${part}`,
    ],
    ["proxychains4 by SOCKS5", chains("socks5", `${deviceId} ${secret}`, `${wget} ${http}`)],
    ["proxychains4 by CONNECT", chains("http", `${deviceId} ${secret}`, `${wget} ${https}`)],
    ["proxychains4 by SOCKS4", chains("socks4", `${deviceId}:${secret}`, `${wget} ${https}`)],
    ["npm's socks, version 5", socks(5, path)],
    ["npm's socks, version 4", socks(4, path)],
    [
      "npm's proxy-chain in front, forwarded",
      `${node} ${programs}/serve-by-proxy-chain.mjs http://${who} bash -c '${curl} -x $CHAIN ${http}'`,
    ],
    [
      "npm's proxy-chain in front, CONNECT",
      `${node} ${programs}/serve-by-proxy-chain.mjs http://${who} bash -c '${curl} -k -x $CHAIN ${https}'`,
    ],
    [
      "npm's proxy-chain in front, by SOCKS5",
      `${node} ${programs}/serve-by-proxy-chain.mjs socks5://${who} bash -c '${curl} -k -x $CHAIN ${https}'`,
    ],
    [
      "undici's ProxyAgent",
      `${node} ${programs}/fetch-by-undici.mjs http://${proxy.host}:${proxy.port} ${deviceId} ${secret} ${https} ${http}`,
    ],
    [
      "undici's ProxyAgent over TLS",
      `${node} ${programs}/fetch-by-undici.mjs https://${proxy.host}:${proxy.port} ${deviceId} ${secret} ${http} ${https}`,
    ],
    ["Python's urllib", `python3 ${programs}/fetch.py urllib ${at} ${http}`],
    ["Python's urllib, https", `python3 ${programs}/fetch.py urllib ${at} ${https}`],
    ["Python's http.client, tunnel", `python3 ${programs}/fetch.py client ${at} ${http}`],
    ["Python's http.client, https", `python3 ${programs}/fetch.py client ${at} ${https}`],
    [
      "openssl s_client -proxy",
      `printf 'GET ${secure.pathname} HTTP/1.0\\r\\nHost: any\\r\\n\\r\\n' | openssl s_client -quiet -proxy ${proxy.host}:${proxy.port} -proxy_user ${deviceId} -proxy_pass pass:${secret} ${tls} 2>/dev/null | sed '1,/^\\r$/d'`,
    ],
    [
      "nc -X 5",
      `printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' | nc -X 5 -x ${open} ${hostname} ${port || 80} | sed '1,/^\\r$/d'`,
    ],
    [
      "nc -X 4",
      `printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' | nc -X 4 -x ${open} ${hostname} ${port || 80} | sed '1,/^\\r$/d'`,
    ],
  ];
}

function gitCases(place: ForeignPlace): ForeignCase[] {
  const { proxy, device, content, folder, gitUrl } = place;
  const who = `${userInfo(device)}@${proxy.host}:${proxy.port}`;
  const git = (scheme: string): string =>
    `GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null git -c http.proxy=${scheme}://${who} -c http.sslVerify=false -c http.proxySSLVerify=false`;
  const clone = (what: string, scheme: string, url: string): ForeignCase => {
    const target = join(folder, `clone-${what.replace(/\W+/g, "-")}`);
    const line = `${git(scheme)} clone -q ${url} ${target} && sha256sum < ${target}/object.bin`;
    return { what, line, expected: new RegExp(content.sha256) };
  };
  const plain = `${content.https}/repository.git`;
  const cases = [
    clone("git clone by CONNECT", "http", plain),
    clone("git clone by SOCKS5", "socks5h", plain),
    clone("git clone, forwarded", "http", `${content.http}/repository.git`),
  ];
  if (gitUrl === null) return cases;
  const target = join(folder, "pushed");
  const commit = `git -C ${target} -c user.name=nobody -c user.email=nobody@invalid commit -q -m more`;
  const push: ForeignCase = {
    what: "git push in chunks",

    line: `${git("http")} clone -q ${gitUrl} ${target} && head -c 3000000 /dev/urandom > ${target}/more.bin && git -C ${target} add . && ${commit} && ${git("http")} -C ${target} -c http.postBuffer=65536 push -q origin HEAD && ${git("http")} -C ${target} fetch -q && git -C ${target} status -sb`,
    expected: /^## main\.\.\.origin\/main$/m,
  };
  return [...cases, clone("git clone from a server of its own", "http", gitUrl), push];
}

function aptCases({ proxy, device, content, folder }: ForeignPlace): ForeignCase[] {
  const who = `${userInfo(device)}@${proxy.host}:${proxy.port}`;
  return [
    ["apt", `http://${who}`],
    ["apt by SOCKS5", `socks5h://${who}`],
  ].map(([what = "", url]) => {
    const home = join(folder, what.replaceAll(" ", "-"));
    const dirs = `-o Dir::State=${home} -o Dir::State::status=${home}/status -o Dir::Cache=${home} -o Dir::Etc=${home}`;
    const apt = `apt-get -q -q ${dirs} -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::http::Proxy=${url}`;
    const line = `mkdir -p ${home}/lists/partial ${home}/archives/partial && touch ${home}/status \
      && echo 'deb [trusted=yes] ${content.http}/apt ./' > ${home}/sources.list \
      && cd ${home} && ${apt} update && ${apt} download twinpath-foreign \
      && dpkg-deb --fsys-tarfile twinpath-foreign_1_all.deb | tar -xO ./object.bin | sha256sum`;
    return { what, line, expected: new RegExp(content.sha256) };
  });
}

function browserCases({ agent, content, folder }: ForeignPlace): ForeignCase[] {
  return (["http", "socks5"] as const).flatMap((scheme) =>
    (["http", "https"] as const).map((of): ForeignCase => {
      const home = join(folder, `chromium-${scheme}-${of}`);
      const quiet =
        "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update";
      const through = `--proxy-server=${scheme}://${agent.host}:${agent.port} --proxy-bypass-list='<-loopback>'`;
      const line = `chromium ${quiet} --user-data-dir=${home} ${through} --ignore-certificate-errors --virtual-time-budget=10000 --dump-dom ${content[of]}/page.html`;
      return { what: `Chromium by ${scheme}, ${of}`, line, expected: saysPage(content) };
    }),
  );
}

/** `ssh` gets to the server's key, and no further. */
function sshCases({ agent, ssh, folder }: ForeignPlace): ForeignCase[] {
  return ["5", "connect"].map((way) => {
    const known = join(folder, `known-hosts-${way}`);
    const options = `-o BatchMode=yes -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=${known}`;
    const hop = `nc -X ${way} -x ${agent.host}:${agent.port} %h %p`;
    const line = `ssh -F none ${options} -o ProxyCommand='${hop}' -p ${ssh.port} nobody@${ssh.host} true; cat ${known}`;
    const expected = new RegExp(ssh.hostKey.replace(/[+/.]/g, "\\$&"));
    return { what: `ssh by nc -X ${way}`, line, expected };
  });
}

function uploadCases({ proxy, device, uploadUrl, agent, folder }: ForeignPlace): ForeignCase[] {
  const who = `${userInfo(device)}@${proxy.host}:${proxy.port}`;
  const file = join(folder, "upload.bin");
  const make = `head -c 3000000 /dev/zero > ${file}`;
  const curl = `curl -sS -H 'Expect: 100-continue' --expect100-timeout 20`;
  const cases: [string, string][] = [
    ["curl that waits for 100", `${make}; ${curl} --proxy http://${who} -T ${file} ${uploadUrl}`],
    ["curl that uploads in chunks", `${make}; ${curl} --proxy http://${who} -T - ${uploadUrl} < ${file}`],
    [
      "curl that uploads over TLS",
      `${make}; ${curl} -k --proxy-insecure --proxy https://${who} -T ${file} ${uploadUrl}`,
    ],
    [
      "curl that uploads by the agent",
      `${make}; ${curl} --proxy http://${agent.host}:${agent.port} -T - ${uploadUrl} < ${file}`,
    ],
    ["wget --post-file", `${make}; wget -q -O - -e http_proxy=http://${who} --post-file=${file} ${uploadUrl}`],
  ];
  return cases.map(([what, line]) => ({ what, line, expected: /^taken\n$/ }));
}

/** All that foreign clients do in this place. */
export function foreignCases(place: ForeignPlace): ForeignCase[] {
  const expected = new RegExp(`^${place.content.sha256} `);
  const who = `${userInfo(place.device)}@${place.proxy.host}:${place.proxy.port}`;
  const url = `${place.content.http}/object.bin`;
  const kept: ForeignCase = {
    what: "curl that asks twice on one connection",

    line: `curl -sS -o /dev/null -o /dev/null -w '%{num_connects} ' --proxy http://${who} ${url} ${url}`,
    expected: /^1 0 $/,
  };
  return [
    ...fetches(place).map(([what, line]) => ({
      what,
      line: `set -o pipefail; { ${line}; } | sha256sum`,
      expected,
    })),
    kept,
    ...uploadCases(place),
    ...gitCases(place),
    ...aptCases(place),
    ...browserCases(place),
    ...sshCases(place),
  ];
}
