/** Draws /status.json once a second. Everything is set as text: host names come from programs of this device. */
import { pickLanguage, wordsFor } from "./words.js";

const byId = (id) => document.getElementById(id);
const history = new Map();
const historyLength = 60;
const svgNamespace = "http://www.w3.org/2000/svg";
const language = pickLanguage(navigator.languages);
const t = wordsFor(language);
const accessNames = { wifi: "WiFi", lte: "LTE", other: t("access.other") };

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className !== undefined) element.className = className;
  return element;
}

function makeWith(tag, className, ...children) {
  const element = make(tag, undefined, className);
  element.append(...children);
  return element;
}

function bytesText(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function rateParts(bytesPerSecond) {
  const kbps = (bytesPerSecond * 8) / 1000;
  if (kbps < 0.5) return ["0", "kbit/s"];
  return kbps < 999.5 ? [String(Math.round(kbps)), "kbit/s"] : [(kbps / 1000).toFixed(kbps < 99_950 ? 1 : 0), "Mbit/s"];
}

function agoText(at, now) {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 5) return t("now");
  if (seconds < 60) return t("secondsAgo", { count: seconds });
  if (seconds < 3600) return t("minutesAgo", { count: Math.round(seconds / 60) });
  return t("hoursAgo", { count: Math.round(seconds / 3600) });
}

function show(state, text) {
  const pill = byId("state");
  if (pill.textContent === text) return;
  pill.textContent = text;
  pill.className = `pill ${state}`;
}

function drawState({ isOn, device, portal, policy, proxy }) {
  if (!isOn) show("warn", t("stopped"));
  else if (device.state === "not-enrolled") show("bad", t("notEnrolled"));
  else if (device.state === "suspended") show("bad", t("suspended"));
  else if (policy === null) show("warn", t("waitingForPolicy"));
  else if (proxy.state === "failed") show("bad", t("proxyAway"));
  else if (!portal.isConnected) show("warn", t("portalAway"));
  else show("good", t("running"));
}

/** A change of mind goes to the agent, and its answer is drawn at once. */
async function choose(change) {
  try {
    const response = await fetch("/choice.json", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(change),
      signal: AbortSignal.timeout(3000),
    });
    if (!response.ok) throw new Error(await response.text());
    byId("problem").textContent = "";
    draw(await response.json());
  } catch {
    byId("problem").textContent = t("notTaken");
    drawnLists = "";
    await refresh();
  }
}

let isOn = true;
function drawPower(status) {
  isOn = status.isOn;
  const power = byId("power");
  const text = isOn ? t("stop") : t("start");
  if (power.textContent === text) return;
  power.textContent = text;
  power.className = `switch ${isOn ? "" : "start"}`;
}
byId("power").addEventListener("click", () => choose({ isOn: !isOn }));

/** Why all goes direct; null where it does not. */
function directSays({ device, isOn }) {
  if (!isOn) return t("stoppedSays");
  if (device.state === "not-enrolled") return t("notEnrolledSays");
  return device.state === "suspended" ? t("suspendedSays") : null;
}

function drawClass({ serviceClass, device, isOn }) {
  byId("device").textContent = device.id;
  byId("class-name").textContent = serviceClass?.name ?? t("noClass");
  const says = t(`steering.${serviceClass?.steering}`) ?? t("portalSilent");
  const quota = device.isQuotaReached ? ` ${t("quotaUsed")}` : "";
  byId("class-says").textContent = directSays({ device, isOn }) ?? says + quota;
}

function svgElement(name, attributes) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function sparkline(values, highest) {
  const svg = svgElement("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" });
  const step = 100 / (historyLength - 1);
  const points = values.map((value, index) => {
    const x = 100 - (values.length - 1 - index) * step;
    return `${x.toFixed(2)},${(39 - (value / highest) * 37).toFixed(2)}`;
  });
  svg.append(svgElement("line", { x1: 0, x2: 100, y1: 39.5, y2: 39.5, class: "base" }));
  if (points.length > 1) {
    const first = points[0].split(",")[0];
    svg.append(svgElement("polygon", { points: `${first},40 ${points.join(" ")} 100,40` }));
    svg.append(svgElement("polyline", { points: points.join(" ") }));
  }
  return svg;
}

/** Half a ring that is full at the highest rate that was seen; the figure beside it says the same. */
function dial(value, highest) {
  const svg = svgElement("svg", { viewBox: "0 0 100 54", class: "dial", "aria-hidden": "true" });
  const arc = "M 6 50 A 44 44 0 0 1 94 50";
  const share = Math.min(100, Math.round((value / highest) * 100));
  svg.append(svgElement("path", { d: arc, class: "ring" }));
  if (share > 0)
    svg.append(svgElement("path", { d: arc, class: "hand", pathLength: 100, "stroke-dasharray": `${share} 200` }));
  return svg;
}

function remember(links) {
  for (const link of links) {
    const values = history.get(link.name) ?? [];
    values.push(link.downloadBytesPerSecond + link.uploadBytesPerSecond);
    history.set(link.name, values.slice(-historyLength));
  }
}

function pathSays({ state, subflows, strippedUntil }) {
  if (state === "healthy" && strippedUntil !== null) return t("plainTcpOnly");
  if (state === "healthy" || state === "untried") return subflows > 0 ? t("inUse") : t("idle");
  return t(`path.${state}`) ?? state;
}

function pathDetail({ name, address, state, reason, rttMs, since }, now) {
  const where = address === null || address === name ? name : `${name}, ${address}`;
  if (state === "healthy" && rttMs !== null) return t("toProxy", { where, rtt: Math.round(rttMs) });
  return reason === null ? where : `${where}: ${reason}, ${agoText(since, now)}`;
}

function pathCard(link, highest, now) {
  const [value, unit] = rateParts(link.downloadBytesPerSecond);
  const [upValue, upUnit] = rateParts(link.uploadBytesPerSecond);
  const rate = makeWith("p", "rate", `↓ ${value} `, make("small", unit));
  const title = makeWith("h3", undefined, accessNames[link.access] ?? link.access);
  title.append(make("span", pathSays(link)));
  return makeWith(
    "div",
    `card path ${link.access}`,
    title,
    dial(link.downloadBytesPerSecond + link.uploadBytesPerSecond, highest),
    rate,
    make("p", `↑ ${upValue} ${upUnit}`, "quiet"),
    sparkline(history.get(link.name) ?? [], highest),
    make("p", pathDetail(link, now), "quiet"),
    make("p", `↓ ${bytesText(link.downloadBytes)}  ↑ ${bytesText(link.uploadBytes)}`, "quiet"),
  );
}

function drawPaths({ links, at }) {
  remember(links);
  const highest = Math.max(12_500, ...[...history.values()].flat());
  const cards = links.map((link) => pathCard(link, highest, at));
  byId("paths").replaceChildren(...(cards.length > 0 ? cards : [make("p", t("noPath"), "card quiet")]));
}

function fact(name, value, detail) {
  const answer = make("dd", value);
  if (detail) answer.append(make("small", detail, "detail"));
  return makeWith("div", undefined, make("dt", name), answer);
}

function proxyFact({ proxy, at }) {
  const address = `${proxy.address}:${proxy.port}`;
  if (proxy.state === "untried") return fact(t("proxy"), t("notNeeded"), address);
  if (proxy.state === "failed") return fact(t("proxy"), t("notReached"), proxy.reason);
  const ago = agoText(proxy.at, at);
  return fact(t("proxy"), t("reached", { ago }), `${address}, ${t(`transport.${proxy.transport}`) ?? ""}`);
}

function wifiFacts({ wifiAutomation }) {
  if (wifiAutomation === null) return [];
  const { state, problem, idleSeconds } = wifiAutomation;
  return [fact("WiFi", t(`wifi.${state}`) ?? state, problem ?? t("offAfter", { seconds: idleSeconds }))];
}

function drawFacts(status) {
  const { portal, policy, capture, connections, today } = status;
  byId("facts").replaceChildren(
    fact(t("lteToday"), bytesText(today.bytes.lte), t("sinceMidnight", { bytes: bytesText(today.bytes.wifi) })),
    proxyFact(status),
    fact(t("portal"), portal.isConnected ? t("connected") : t("notConnected"), portal.url),
    policy === null
      ? fact(t("policy"), t("noneYet"))
      : fact(
          t("policy"),
          t("version", policy),
          t("published", { time: new Date(policy.publishedAt).toLocaleString(language) }),
        ),
    capture.isOn
      ? fact(t("programs"), t("allPrograms"), t("captured", { count: capture.knownAddresses }))
      : fact(t("programs"), t("setPrograms")),
    ...wifiFacts(status),
    fact(t("connections"), t("open", { count: connections.open }), t("sinceStart", { count: connections.sinceStart })),
  );
}

function destinationRow(entry, now) {
  const isProxied = entry.way === "proxy";
  const host = entry.host.includes(":") ? `[${entry.host}]` : entry.host;
  const what = makeWith("div", "what", make("p", `${host}:${entry.port}`, "host"));
  const open = entry.openConnections > 0 ? t("open", { count: entry.openConnections }) : agoText(entry.lastAt, now);
  what.append(make("p", `${t(`front.${entry.front}`)}, ${open}`, "quiet"));
  const bytes = makeWith("div", "bytes", make("p", `↓ ${bytesText(entry.downloadBytes)}`));
  bytes.append(make("p", `↑ ${bytesText(entry.uploadBytes)}`, "quiet"));
  return makeWith(
    "li",
    undefined,
    make("span", isProxied ? t("proxy") : t("direct"), `way ${isProxied ? "good" : ""}`),
    what,
    bytes,
  );
}

function drawDestinations({ destinations, at }) {
  const rows = destinations.map((entry) => destinationRow(entry, at));
  byId("destinations").replaceChildren(...(rows.length > 0 ? rows : [make("li", t("nothingYet"), "quiet")]));
}

function listCard({ id, name, isOn: isChosen, ruleCount, rules }, isOpen) {
  const count = t(ruleCount === 1 ? "oneRule" : "rules", { count: ruleCount });
  const items = rules.map(({ kind, value, ports }) => {
    const named = t(`rule.${kind}`) ?? kind;
    const what = ports === "" ? named : t("ports", { what: named, ports });
    return makeWith("li", "rule", make("span", value), make("span", what, "rule-kind"));
  });
  if (ruleCount > rules.length) items.push(make("li", t("andMore", { count: ruleCount - rules.length }), "quiet"));
  const box = make("input");
  box.type = "checkbox";
  box.checked = isChosen;
  box.dataset.list = id;
  box.addEventListener("change", () => choose({ whiteListId: id, isOn: box.checked }));
  const details = makeWith(
    "details",
    undefined,
    makeWith("summary", undefined, make("span", t("whatListIs", { name })), make("span", count, "quiet")),
    makeWith("ul", undefined, ...items),
  );
  details.dataset.id = id;
  details.open = isOpen;
  return makeWith("div", "service-list", makeWith("label", undefined, box, make("span", name)), details);
}

let drawnLists = "";
function drawLists({ whiteLists }) {
  const text = JSON.stringify(whiteLists);
  if (text === drawnLists) return;
  drawnLists = text;
  const open = new Set([...byId("lists").querySelectorAll("details[open]")].map((element) => element.dataset.id));
  const focused = document.activeElement?.dataset?.list;
  const lists = whiteLists.map((list) => listCard(list, open.has(list.id)));
  byId("lists").replaceChildren(...(lists.length > 0 ? lists : [make("p", t("noList"), "card quiet")]));
  for (const box of byId("lists").querySelectorAll("input")) if (box.dataset.list === focused) box.focus();
}

function draw(status) {
  for (const part of [drawState, drawPower, drawClass, drawPaths, drawFacts, drawDestinations, drawLists]) part(status);
  byId("main").hidden = false;
}

async function refresh() {
  try {
    const response = await fetch("/status.json", { cache: "no-store", signal: AbortSignal.timeout(3000) });
    draw(await response.json());
  } catch {
    show("bad", t("notRunning"));
  }
}

document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-word]")) element.textContent = t(element.dataset.word);
for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = t(element.dataset.label);
await refresh();
setInterval(() => {
  if (!document.hidden) void refresh();
}, 1000);
