import type { runStates as english } from "../en/run-states";
import type { Words } from "../translate";

export const runStates: Words<typeof english> = {
  queued: "대기",
  running: "실행 중",
  finished: "완료",
  failed: "실패",
  cancelled: "취소됨",
};
