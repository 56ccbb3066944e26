import type { ApiWords } from "@/lib/http/openapi";
import { callSummaries } from "@/lib/words/ko/call-summaries";
import { roles as roleNames } from "@/lib/words/ko/roles";

export const koreanApiWords: ApiWords = {
  about: "시각은 RFC 3339, 용량은 바이트 정수, 전송률은 bit/s입니다. 오류는 RFC 9457 문제 문서입니다.",
  summaryOf: ({ summary }, address) => callSummaries[address] ?? summary,
  allowed: (roles) => `역할: ${roles.map((role) => roleNames[role]).join(", ")}.`,
};
