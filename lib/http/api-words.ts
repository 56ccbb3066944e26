import type { ApiCall } from "@/lib/contracts/api";
import type { Language, Role } from "@/lib/contracts/portal";
import { callSummaries } from "@/lib/words/ko/call-summaries";
import { roles as koreanRoles } from "@/lib/words/ko/roles";

/** What the API's description says in the reader's language; its schemas and answers are in English. */
export type ApiWords = {
  about: string;
  /** Of the call at a method and its route's folders: `GET nodes/[id]/settings`. */
  summaryOf: (call: ApiCall, address: string) => string;
  allowed: (roles: readonly Role[]) => string;
};

export const apiWords: Readonly<Record<Language, ApiWords>> = {
  en: {
    about: "Times are RFC 3339, volumes whole bytes, rates bit/s. Errors are RFC 9457 problem documents.",
    summaryOf: ({ summary }) => summary,
    allowed: (roles) => `Roles: ${roles.join(", ")}.`,
  },
  ko: {
    about: "시각은 RFC 3339, 용량은 바이트 정수, 전송률은 bit/s입니다. 오류는 RFC 9457 문제 문서입니다.",
    summaryOf: ({ summary }, address) => callSummaries[address] ?? summary,
    allowed: (roles) => `역할: ${roles.map((role) => koreanRoles[role]).join(", ")}.`,
  },
};
