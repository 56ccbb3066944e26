import type { apiReference as english } from "../en/api-reference";
import type { Words } from "../translate";

export const apiReference: Words<typeof english> = {
  aSignedInBrowser: "로그인한 브라우저",
  anApiToken: "API 토큰",
  aNodesCredential: "노드 인증 정보",
  aDevicesCredential: "단말 인증 정보",
  credential: "인증 정보",
  who: "사용 주체",
  whoeverHasTheCredential: "인증 정보를 가진 모두",
  mustBeGiven: ", 필수",
  body: "본문",
  answers: "응답",
  apiReference: "API 참조",
  pathOrSummary: "경로 또는 요약",
  theDescriptionCouldNotBeRead: "설명을 불러오지 못했습니다",
  noCallFits: "일치하는 호출이 없습니다",
  takeAWordAway: "검색어를 줄여 보십시오.",
  or: "또는",
};
