import { lookup } from "node:dns/promises";
import type { ServiceClass } from "@/lib/contracts/policy";
import type { SimulateRequest, Simulation } from "@/lib/contracts/policy-admin";
import { say } from "@/lib/contracts/sentences";
import { getDatabase } from "@/lib/db/client";
import {
  type CompiledPolicy,
  classInForce,
  type ExplainedDecision,
  explainAccess,
  explainDecision,
  monthOf,
  parseAddress,
  type TraceStep,
  traceStep,
} from "@/lib/policy";
import { AppError } from "@/lib/shared/errors";
import type { Said } from "@/lib/shared/said";
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
type Outcome = Pick<Simulation, "outcome" | "addresses"> & { said: Said; trace: TraceStep[] };

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
): Promise<{ serviceClass: ServiceClass | null; step: TraceStep }> {
  const used = await getDatabase().subscriberMonth.findUnique({
    where: { subscriberId_month: { subscriberId: subscriber.id, month: monthOf(new Date()) } },
  });
  const { classId, isQuotaReached } = classInForce({
    serviceClasses: [...policy.serviceClasses.values()],
    subscribedClassId: subscriber.serviceClassId,
    lteBytesThisMonth: Number(used?.lteBytes ?? 0n),
  });
  const serviceClass = policy.serviceClasses.get(classId) ?? null;
  const step = say("stepServiceClass");
  if (serviceClass === null)
    return { serviceClass, step: traceStep(step, say("classMissing", { id: classId }), "refuse") };
  const named = { className: serviceClass.name };
  const detail = isQuotaReached ? say("classAfterQuota", named) : say("classInForce", named);
  return { serviceClass, step: traceStep(step, detail, "info") };
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
function howSteered({ name: className, steering, lteSharePercent }: ServiceClass): Said {
  switch (steering) {
    case "aggregate":
      return say("usesBothPaths", { className });
    case "lte-share":
      return say("usesLteShare", { className, percent: lteSharePercent ?? 0 });
    case "wifi-first":
      return say("usesWifiFirst", { className });
  }
}

function isListed({ decision }: ExplainedDecision): boolean {
  return decision.kind === "allowed";
}

function whyNot({ decision }: ExplainedDecision): Said {
  return decision.kind === "refused" ? decision.reason() : say("noRuleNamesIt");
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
  const dns =
    addresses.length === 0 ? say("hostUnresolved", { host }) : say("hostIs", { host, addresses: addresses.join(", ") });
  const trace = [traceStep(say("stepDns"), dns, "info")];
  const named = explainDecision(policy, target, extraIds);
  const passes = say("goesThroughProxy", { target: `${host}:${port}`, list: listName(content, named) });
  if (addresses.length === 0) {
    const said = say("both", { first: passes, second: say("notResolvedHere") });
    return { outcome: "through-proxy", said, addresses, trace };
  }
  const explained = addresses.map((address) => explainDecision(policy, { host, port, address }, extraIds));
  const chosen = explained.find(isListed) ?? explained[0];
  if (chosen === undefined || isListed(chosen))
    return { outcome: "through-proxy", said: passes, addresses, trace: [...trace, ...(chosen?.trace ?? [])] };
  const said = say("proxyRefuses", { target: `${host}:${port}`, why: whyNot(chosen) });
  return { outcome: "refused", said, addresses, trace: [...trace, ...chosen.trace] };
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
    const said = say("goesDirect", { target: `${host}:${port}`, why: whyNot(explained) });
    return { outcome: "direct", said, addresses: isNumeric ? [host] : [], trace };
  }
  if (!isNumeric) {
    const further = await decideAddresses(content, policy, target, extraIds);
    return { ...further, trace: [...trace, ...further.trace] };
  }
  const said = say("goesThroughProxy", { target: `${host}:${port}`, list: listName(content, explained) });
  return { outcome: "through-proxy", said, addresses: [host], trace };
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
  const trace: TraceStep[] = [];
  const owned = subscriber === null ? null : await classOf(policy, subscriber);
  if (subscriber !== null) {
    const isActive = subscriber.state === "active";
    const state = say(isActive ? "isActive" : "isSuspended");
    trace.push(traceStep(say("stepSubscriber"), state, isActive ? "pass" : "refuse"));
  }
  if (owned !== null) trace.push(owned.step);
  if (network !== null) {
    const { access, cidr, name } = network;
    const by = cidr === null ? say("noNetworkHoldsIt") : `${cidr} "${name ?? ""}"`;
    const detail = say("addressIsOf", { address: ueAddress ?? "", access, by });
    trace.push(traceStep(say("stepAccessNetwork"), detail, "info"));
  }
  const decided = await decide(content, policy, target, new Set(subscriber?.extraWhiteListIds ?? []));
  const isSuspended = subscriber?.state === "suspended";
  const serviceClass = owned?.serviceClass ?? null;
  const isSteered = decided.outcome === "through-proxy" && serviceClass !== null;
  const active = isSteered ? say("both", { first: decided.said, second: howSteered(serviceClass) }) : decided.said;
  const { text: sentence, told } = isSuspended ? say("suspendedGoesDirect") : active;
  return {
    version,
    outcome: isSuspended ? "direct" : decided.outcome,
    sentence,
    told,
    subscriber: subscriber === null ? null : { id: subscriber.id, state: subscriber.state, serviceClass },
    accessNetwork: network === null ? null : { access: network.access, name: network.name },
    trace: [...trace, ...decided.trace],
    addresses: decided.addresses,
  };
}
