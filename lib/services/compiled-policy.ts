import type { ServiceClass } from "@/lib/contracts/policy";
import { type CompiledPolicy, compilePolicy } from "@/lib/policy";
import type { PolicyContent } from "./policy-content";

const kept = new WeakMap<PolicyContent, CompiledPolicy<ServiceClass>>();

/**
 * A policy made ready for decisions, once for each.
 * Errors: AppError POLICY_BAD_CIDR, POLICY_BAD_RULE for one that no node could use, as a draft may be.
 */
export function compiledPolicy(content: PolicyContent): CompiledPolicy<ServiceClass> {
  const known = kept.get(content);
  if (known !== undefined) return known;
  const compiled = compilePolicy({ ...content, version: 1 });
  kept.set(content, compiled);
  return compiled;
}

/** A host as rules compare it: lower case, A-labels, without a trailing dot or the brackets of an IPv6 address. */
export function normalisedHost(text: string): string {
  const bare = text
    .trim()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
  const isAscii = /^[\x21-\x7e]*$/.test(bare);
  return isAscii || !URL.canParse(`http://${bare}/`) ? bare.toLowerCase() : new URL(`http://${bare}/`).hostname;
}
