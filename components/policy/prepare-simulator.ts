import { issueText } from "@/components/api/error-text";
import { queryString } from "@/components/api/query-string";
import { type SimulateRequest, simulateSchema } from "@/lib/contracts/policy-admin";
import type { Translate } from "@/lib/words/translate";

/** The question as it is typed. */
export type SimulatorForm = {
  subscriber: string;
  host: string;
  port: string;
  policy: SimulateRequest["policy"];
  ueAddress: string;
};

export type SimulatorErrors = Partial<Record<keyof SimulatorForm, string>>;

type Query = Readonly<Record<string, string | string[] | undefined>>;

/** The question that an address of the page carries; what is missing is empty. */
export function readSimulatorQuery(query: Query): SimulatorForm {
  const text = (name: string) => {
    const value = query[name];
    return (Array.isArray(value) ? value[0] : value) ?? "";
  };
  return {
    subscriber: text("subscriber"),
    host: text("host"),
    port: text("port") === "" ? "443" : text("port"),
    policy: text("policy") === "draft" ? "draft" : "in-force",
    ueAddress: text("from"),
  };
}

/** Digits, as an MSISDN or IMSI is typed. */
const number = /^\+?[\d\s().-]+$/;

/** The page's address with the question in it, to share; a subscriber's number is left out, for addresses end up in logs. */
export function simulatorHref({ subscriber: typed, host, port, policy, ueAddress }: SimulatorForm): string {
  const isAsked = host.trim() !== "";
  const subscriber = number.test(typed.trim()) ? null : typed;
  const query = { subscriber, host, port, policy: policy === "draft" ? policy : null, from: ueAddress };
  return `/policy/simulator${isAsked ? queryString(query) : ""}`;
}

/** The question to ask, or what is wrong with the form. */
export function readSimulatorForm(
  t: Translate,
  form: SimulatorForm,
): { request: SimulateRequest | null; errors: SimulatorErrors } {
  const errors: SimulatorErrors = {};
  const optional = (text: string) => (text.trim() === "" ? null : text.trim());
  if (form.host.trim() === "") errors.host = t("simulator.writeTheHostThatAProgram");
  if (!/^\d{1,5}$/.test(form.port.trim()) || Number(form.port) < 1 || Number(form.port) > 65_535)
    errors.port = t("simulator.n1To65535");
  const parsed = simulateSchema.safeParse({
    subscriber: optional(form.subscriber),
    host: form.host,
    port: Number(form.port),
    policy: form.policy,
    ueAddress: optional(form.ueAddress),
  });
  if (!parsed.success)
    for (const issue of parsed.error.issues) {
      const field = issue.path[0];
      if (field === "subscriber" || field === "host" || field === "port" || field === "ueAddress")
        errors[field] ??= issueText(t, issue);
    }
  return { request: parsed.success && Object.keys(errors).length === 0 ? parsed.data : null, errors };
}
