import type { jobs as englishJobs, pages as englishPages } from "../en/pages";
import type { Words } from "../translate";

export const pages: Words<typeof englishPages> = {
  yourAccount: "내 계정",
  alerts: "경보",
  demo: "데모",
  recordedRun: "녹화된 실행",
  devices: "단말",
  apiReference: "API 참조",
  auditLog: "감사 로그",
  staff: "직원",
  apiTokens: "API 토큰",
  history: "이력",
  networkMap: "네트워크 구성도",
  nodes: "노드",
  overview: "개요",
  serviceClasses: "서비스 등급",
  accessNetworks: "접속망",
  simulator: "시뮬레이터",
  policyVersion: "정책 버전",
  policyVersions: "정책 버전",
  whiteList: "화이트리스트",
  whiteLists: "화이트리스트",
  session: "세션",
  sessions: "세션",
  subscriber: "가입자",
  import: "가져오기",
  imports: "가져오기",
  subscribers: "가입자",
  lookUp: "조회",
  snapshot: "스냅샷",
  chooseAPassword: "비밀번호 선택",
  setUp: "설정",
  sharedRun: "공유된 실행",
  signIn: "로그인",
};

export const jobs: Words<typeof englishJobs> = {
  operate: "운영",
  support: "고객 지원",
  demo: "데모",
  govern: "관리",
};
