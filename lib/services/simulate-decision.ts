import { lookup } from "node:dns/promises";
import type { ServiceClass } from "@/lib/contracts/policy";
import type { SimulateRequest, Simulation } from "@/lib/contracts/policy-admin";
import { getDatabase } from "@/lib/db/client";
import {
  type CompiledPolicy,
  classInForce,
  type ExplainedDecision,
  explainAccess,
  explainDecision,
  monthOf,
  parseAddress,
} from "@/lib/policy";
import { AppError } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";
import { requireRole, type StaffActor, subscriberReaders } from "./actor";
import { compiledPolicy, normalisedHost } from "./compiled-policy";
import { type FoundSubscriber, findSubscriber } from "./find-subscriber";
import { identifiersFor } from "./identifiers";
import type { PolicyContent } from "./policy-content";
import { readDraft } from "./policy-draft";
import { readPolicyState, snapshotForSubscriber } from "./policy-state";

const resolveMs = 2000;
const maxAddresses = 8;

type Policy = CompiledPolicy<ServiceClass>;
type Step = Simulation["trace"][number];
type Outcome = Pick<Simulation, "outcome" | "sentence" | "addresses"> & { trace: Step[] };

async function choosePolicy(
  { policy }: SimulateRequest,
  subscriber: FoundSubscriber | null,
): Promise<{ version: number | null; content: PolicyContent }> {
  if (policy === "draft") return { version: null, content: (await readDraft()).content };
  const state = await readPolicyState();
  const snapshot = subscriber === null ? state.inForce : snapshotForSubscriber(state, subscriber.id);
  return { version: snapshot.version, content: snapshot };
}

async function requireSubscriber(staff: StaffActor, text: string | null): Promise<FoundSubscriber | null> {
  if (text === null) return null;
  const { seesAll } = await identifiersFor(staff);
  const found = await findSubscriber(text, !seesAll);
  if (found === null)
    throw new AppError(
      "SUBSCRIBER_UNKNOWN",
      `No subscriber has the MSISDN, IMSI or id "${text}", and no device that id. Check the number and ask again.`,
    );
  return found;
}

async function classOf(
  policy: Policy,
  subscriber: FoundSubscriber,
): Promise<{ serviceClass: ServiceClass | null; step: Step }> {
  const used = await getDatabase().subscriberMonth.findUnique({
    where: { subscriberId_month: { subscriberId: subscriber.id, month: monthOf(new Date()) } },
  });
  const { classId, isQuotaReached } = classInForce({
    serviceClasses: [...policy.serviceClasses.values()],
    subscribedClassId: subscriber.serviceClassId,
    lteBytesThisMonth: Number(used?.lteBytes ?? 0n),
  });
  const serviceClass = policy.serviceClasses.get(classId) ?? null;
  const detail =
    serviceClass === null
      ? `the policy has no class "${classId}"`
      : isQuotaReached
        ? `${serviceClass.name}, since this month's LTE quota is used up`
        : serviceClass.name;
  return { serviceClass, step: { step: "Service class", detail, result: serviceClass === null ? "refuse" : "info" } };
}

/** Numeric addresses of a name as this machine resolves it; none where it does not in time. */
async function resolve(host: string): Promise<string[]> {
  const stop = new AbortController();
  const found = lookup(host, { all: true }).then(
    (entries) => [...new Set(entries.map(({ address }) => address))].slice(0, maxAddresses),
    () => [],
  );
  const late = sleep(resolveMs, stop.signal).then(() => []);
  const addresses = await Promise.race([found, late]);
  stop.abort();
  return addresses;
}

/** How a class uses the paths of what goes through the proxy. */
function howSteered({ name, steering, lteSharePercent }: ServiceClass): string {
  switch (steering) {
    case "aggregate":
      return `${name} uses LTE and WiFi at once.`;
    case "lte-share":
      return `${name} uses WiFi, and LTE for at most ${lteSharePercent ?? 0} % where WiFi does not suffice.`;
    case "wifi-first":
      return `${name} uses WiFi, and LTE only while WiFi is away.`;
  }
}

function isListed({ decision }: ExplainedDecision): boolean {
  return decision.kind === "allowed";
}

function whyNot({ decision }: ExplainedDecision): string {
  return decision.kind === "refused" ? decision.reason() : "no rule names it";
}

function listName(content: PolicyContent, { decision }: ExplainedDecision): string {
  if (decision.kind !== "allowed") return "";
  return content.whiteLists.find(({ id }) => id === decision.whiteListId)?.name ?? decision.whiteListId;
}

/** The name passed: the proxy resolves it and asks again about each address. */
async function decideAddresses(
  content: PolicyContent,
  policy: Policy,
  target: { host: string; port: number },
  extraIds: ReadonlySet<string>,
): Promise<Outcome> {
  const { host, port } = target;
  const addresses = await resolve(host);
  const dns = addresses.length === 0 ? `${host} could not be resolved here` : `${host} is ${addresses.join(", ")}`;
  const trace: Step[] = [{ step: "DNS", detail: dns, result: "info" }];
  const named = explainDecision(policy, target, extraIds);
  const sentence = `${host}:${port} goes through the proxy: it is on "${listName(content, named)}".`;
  if (addresses.length === 0)
    return { outcome: "through-proxy", sentence: `${sentence} Its name could not be resolved here.`, addresses, trace };
  const explained = addresses.map((address) => explainDecision(policy, { host, port, address }, extraIds));
  const chosen = explained.find(isListed) ?? explained[0];
  if (chosen === undefined || isListed(chosen))
    return { outcome: "through-proxy", sentence, addresses, trace: [...trace, ...(chosen?.trace ?? [])] };
  const refusal = `The agent sends ${host}:${port} to the proxy, which refuses it: ${whyNot(chosen)}.`;
  return { outcome: "refused", sentence: refusal, addresses, trace: [...trace, ...chosen.trace] };
}

async function decide(
  content: PolicyContent,
  policy: Policy,
  target: { host: string; port: number },
  extraIds: ReadonlySet<string>,
): Promise<Outcome> {
  const { host, port } = target;
  const explained = explainDecision(policy, target, extraIds);
  const { trace } = explained;
  const isNumeric = parseAddress(host) !== null;
  if (!isListed(explained)) {
    const sentence = `${host}:${port} goes the normal way, past the proxy: ${whyNot(explained)}. A program that asks the proxy for it by itself is refused.`;
    const addresses = isNumeric ? [host] : [];
    return { outcome: "direct", sentence, addresses, trace };
  }
  if (!isNumeric) {
    const further = await decideAddresses(content, policy, target, extraIds);
    return { ...further, trace: [...trace, ...further.trace] };
  }
  const sentence = `${host}:${port} goes through the proxy: it is on "${listName(content, explained)}".`;
  return { outcome: "through-proxy", sentence, addresses: [host], trace };
}

/**
 * What would become of a connection now: which way it goes, and every rule that was asked. Names are resolved by this
 * machine, which may see other addresses than a proxy elsewhere.
 *
 * Errors: AppError AUTH_FORBIDDEN where somebody asks about a subscriber who may not see subscribers,
 * SUBSCRIBER_UNKNOWN, POLICY_MISSING; POLICY_BAD_CIDR, POLICY_BAD_RULE for a draft with such errors.
 */
export async function simulateDecision(staff: StaffActor, request: SimulateRequest): Promise<Simulation> {
  if (request.subscriber !== null) requireRole(staff, subscriberReaders);
  const subscriber = await requireSubscriber(staff, request.subscriber);
  const { version, content } = await choosePolicy(request, subscriber);
  const policy = compiledPolicy(content);
  const target = { host: normalisedHost(request.host), port: request.port };
  const { ueAddress } = request;
  const network = ueAddress === null ? null : explainAccess(policy, ueAddress);
  const trace: Step[] = [];
  const owned = subscriber === null ? null : await classOf(policy, subscriber);
  if (subscriber !== null) {
    const isActive = subscriber.state === "active";
    trace.push({ step: "Subscriber", detail: `is ${subscriber.state}`, result: isActive ? "pass" : "refuse" });
  }
  if (owned !== null) trace.push(owned.step);
  if (network !== null) {
    const by = network.cidr === null ? "no access network holds it" : `${network.cidr} "${network.name ?? ""}"`;
    trace.push({ step: "Access network", detail: `${ueAddress} is ${network.access}: ${by}`, result: "info" });
  }
  const decided = await decide(content, policy, target, new Set(subscriber?.extraWhiteListIds ?? []));
  const isSuspended = subscriber?.state === "suspended";
  const suspension =
    "The subscriber is suspended: its agent sends everything the normal way, and the proxy refuses its connections.";
  const serviceClass = owned?.serviceClass ?? null;
  const isSteered = decided.outcome === "through-proxy" && serviceClass !== null;
  const sentence = isSteered ? `${decided.sentence} ${howSteered(serviceClass)}` : decided.sentence;
  return {
    version,
    outcome: isSuspended ? "direct" : decided.outcome,
    sentence: isSuspended ? suspension : sentence,
    subscriber: subscriber === null ? null : { id: subscriber.id, state: subscriber.state, serviceClass },
    accessNetwork: network === null ? null : { access: network.access, name: network.name },
    trace: [...trace, ...decided.trace],
    addresses: decided.addresses,
  };
}
