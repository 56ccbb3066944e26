import type { endReasons as english } from "../en/end-reasons";
import type { Words } from "../translate";

export const endReasons: Words<typeof english> = {
  finished: "정상 종료",
  "closed-by-owner": "프록시가 종료함",
  "client-reset": "단말이 연결을 리셋함",
  "upstream-reset": "서버가 연결을 리셋함",
  "client-gone": "중계 전에 단말 연결이 끊김",
  "handshake-timeout": "핸드셰이크 시간 초과",
  "idle-timeout": "유휴 시간 초과",
  "engine-stopped": "중계 엔진이 중지됨",
  suspended: "가입자 정지",
  revoked: "단말 폐기",
  "no-longer-allowed": "정책에서 더 이상 허용하지 않음",
  "node-drained": "노드 드레인",
  "node-restarted": "노드 재시작",
  unknown: "알 수 없음",
};
