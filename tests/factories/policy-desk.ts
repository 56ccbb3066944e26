import { POST as promote } from "@/app/api/policy/canary/promote/route";
import { POST as revert } from "@/app/api/policy/canary/revert/route";
import { GET as diff } from "@/app/api/policy/draft/diff/route";
import { POST as discard } from "@/app/api/policy/draft/discard/route";
import { GET as findings } from "@/app/api/policy/draft/findings/route";
import { GET as impact } from "@/app/api/policy/draft/impact/route";
import { GET as networks, PUT as putNetworks } from "@/app/api/policy/draft/networks/route";
import { GET as draft } from "@/app/api/policy/draft/route";
import { DELETE as deleteClass, PUT as putClass } from "@/app/api/policy/draft/service-classes/[id]/route";
import { GET as classes } from "@/app/api/policy/draft/service-classes/route";
import { DELETE as deleteList, PUT as putList } from "@/app/api/policy/draft/white-lists/[id]/route";
import { POST as postRules, GET as rules } from "@/app/api/policy/draft/white-lists/[id]/rules/route";
import { GET as lists } from "@/app/api/policy/draft/white-lists/route";
import { POST as publish } from "@/app/api/policy/publish/route";
import { POST as simulate } from "@/app/api/policy/simulate/route";
import { GET as versionDiff } from "@/app/api/policy/versions/[version]/diff/route";
import { POST as rollback } from "@/app/api/policy/versions/[version]/rollback/route";
import { GET as version } from "@/app/api/policy/versions/[version]/route";
import { GET as versions } from "@/app/api/policy/versions/route";
import type { ServiceClass, WhiteListRule } from "@/lib/contracts/policy";
import {
  type Draft,
  draftNetworksSchema,
  draftSchema,
  draftServiceClassListSchema,
  draftWhiteListListSchema,
  editRulesReplySchema,
  findingListSchema,
  type PublishScope,
  policyDiffSchema,
  policyImpactSchema,
  policyVersionDetailSchema,
  policyVersionListSchema,
  policyVersionSchema,
  ruleListSchema,
  type SimulateRequest,
  simulationSchema,
  type WhiteListHead,
} from "@/lib/contracts/policy-admin";
import { type Problem, problemSchema } from "@/lib/contracts/portal";
import { type Call, callRoute } from "./portal-call";

/** A refused call, as a browser sees it. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
}

type Schema<T> = { parse: (value: unknown) => T };
type When = { etag: string } | "absent" | "nothing said";

function conditionOf(when: When): Record<string, string> {
  if (when === "nothing said") return {};
  return when === "absent" ? { "if-none-match": "*" } : { "if-match": `"${when.etag}"` };
}

/** What a member of staff does to the policy, through the routes and their contracts. Errors: Refused. */
export class PolicyDesk {
  constructor(private readonly headers: { cookie: string }) {}

  draft = (): Promise<Draft> => this.ask(draft, draftSchema);
  classes = async () => (await this.ask(classes, draftServiceClassListSchema)).items;
  lists = async () => (await this.ask(lists, draftWhiteListListSchema)).items;
  networks = () => this.ask(networks, draftNetworksSchema);
  findings = () => this.ask(findings, findingListSchema);
  diff = () => this.ask(diff, policyDiffSchema);
  impact = () => this.ask(impact, policyImpactSchema);
  versions = (query = "") => this.ask(versions, policyVersionListSchema, { query });
  version = (number: number) => this.ask(version, policyVersionDetailSchema, { params: { version: String(number) } });
  versionDiff = (number: number, against: number) =>
    this.ask(versionDiff, policyDiffSchema, { params: { version: String(number) }, query: `against=${against}` });
  rules = (id: string, query = "") => this.ask(rules, ruleListSchema, { params: { id }, query });
  simulate = (body: SimulateRequest) => this.ask(simulate, simulationSchema, { body });

  async serviceClass(id: string) {
    const found = (await this.classes()).find(({ item }) => item.id === id);
    if (found === undefined) throw new Error(`no class ${id}`);
    return found;
  }

  async list(id: string) {
    const found = (await this.lists()).find(({ item }) => item.id === id);
    if (found === undefined) throw new Error(`no list ${id}`);
    return found;
  }

  putClass = (item: ServiceClass, when: When) => this.write(putClass, "PUT", item, when);
  deleteClass = (id: string, when: When) => this.write(deleteClass, "DELETE", { id }, when);
  putList = (item: WhiteListHead, when: When) => this.write(putList, "PUT", item, when);
  deleteList = (id: string, when: When) => this.write(deleteList, "DELETE", { id }, when);

  async putNetworks(item: object, when: When): Promise<void> {
    await this.call(putNetworks, { method: "PUT", body: item, headers: conditionOf(when) });
  }

  editRules(id: string, edit: { add?: WhiteListRule[]; remove?: WhiteListRule[] }) {
    return this.ask(postRules, editRulesReplySchema, { params: { id }, body: { add: [], remove: [], ...edit } });
  }

  discard(item: { collection: string; id: string } | null, when: When = "nothing said"): Promise<Draft> {
    return this.ask(discard, draftSchema, { body: { item }, headers: conditionOf(when) });
  }

  /** Without an ETag: that of the draft as it is. */
  async publish(options: { etag?: string; scope?: PublishScope; reason?: string } = {}) {
    const etag = options.etag ?? (await this.draft()).etag;
    const { scope = { kind: "everyone" }, reason = "a test" } = options;
    return this.ask(publish, policyVersionSchema, { body: { reason, scope }, headers: conditionOf({ etag }) });
  }

  /** Change one setting of a class and publish it. */
  async publishClass(id: string, changes: Partial<ServiceClass>, scope?: PublishScope) {
    const { item, etag } = await this.serviceClass(id);
    await this.putClass({ ...item, ...changes }, { etag });
    return this.publish(scope === undefined ? {} : { scope });
  }

  rollBack = (number: number) =>
    this.ask(rollback, policyVersionSchema, { params: { version: String(number) }, body: { reason: "a test" } });
  promote = () => this.ask(promote, policyVersionSchema, { body: { reason: "a test" } });
  revert = () => this.ask(revert, policyVersionSchema, { body: { reason: "a test" } });

  private async write(handler: typeof putClass, method: string, body: { id: string }, when: When): Promise<unknown> {
    const response = await this.call(handler, {
      method,
      body,
      params: { id: body.id },
      headers: conditionOf(when),
    });
    return response.status === 204 ? null : response.json();
  }

  private async ask<T>(handler: typeof draft, schema: Schema<T>, call: Call = {}): Promise<T> {
    return schema.parse(await (await this.call(handler, call)).json());
  }

  private async call(handler: typeof draft, call: Call): Promise<Response> {
    const response = await callRoute(handler, { ...call, headers: { ...this.headers, ...call.headers } });
    if (response.ok) return response;
    throw new Refused(problemSchema.parse(await response.json()));
  }
}
