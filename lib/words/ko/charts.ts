import type { charts as english } from "../en/charts";
import type { Words } from "../translate";

export const charts: Words<typeof english> = {
  nothingWasReportedInTheLast: "{name}: 최근 2분 동안 보고가 없습니다.",
  ofItOverLte: ", 그중 {lte} %가 LTE",
  overTheLastTwoMinutesNow: "최근 2분의 {name}: 현재 {bitRate}{share}, 최고 {bitRate2}.",
  noBytesInTheLastMinutes: "{name}: 최근 {count, number}분 동안 데이터가 없습니다.",
  inTheLastMinutesLteWifi: "최근 {count, number}분의 {name}: {bytes}, LTE {bytes2}, WiFi {bytes3}.",
  at: "({cursor})",
  eventsFirst: "이벤트 {count, number}건, 첫 번째: {label}",
  andMoreInTheListBelow: "외 {count, number}건은 아래 목록 참조",
  tableOfTheChart: "차트의 표",
  pause: "일시 정지",
  resume: "재개",
  eventsOf: "{name}의 이벤트",
  last60Minutes: "최근 60분",
  meanOfEachMinute: "분당 평균, {zoneName}",
  theHistoryCouldNotBeRead: "이력을 불러오지 못했습니다",
  minute: "분",
  noBytesInTheLastHour: "최근 1시간 동안 데이터가 없습니다",
  minutesWithTrafficAreDrawnHere: "트래픽이 있는 분이 여기에 표시됩니다.",
};
