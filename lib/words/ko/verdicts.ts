import type { verdicts as english } from "../en/verdicts";
import type { Words } from "../translate";

export const verdicts: Words<typeof english> = {
  subscriberSuspended: "서비스 안 됨: 정지된 가입자입니다.",
  endTheSuspension: "정지가 끝났다면 운영자에게 가입자 활성화를 요청하십시오.",
  agentGoesDirect: "에이전트는 모든 트래픽을 일반 경로로 보내고, 프록시는 연결을 거부합니다.",
  notWhiteListed: "{destination} 집성 안 됨: 프록시를 거치지 않습니다.",
  tellOnePath:
    "이 서비스는 한 경로만 사용한다고 고객에게 안내하십시오. 화이트리스트에 추가해야 하는지 정책 담당에게 문의하십시오.",
  noDevice: "집성 안 됨: 등록된 단말이 없습니다.",
  makeCode: "가입자 페이지에서 등록 코드를 만들어 고객이 에이전트에 입력하게 하십시오.",
  agentOffline:
    "집성 안 됨: 단말의 에이전트가 꺼져 있습니다({isKnown, select, yes {마지막 확인 {minutes, number}분 전} other {확인된 적 없음}}).",
  startAgent: "고객에게 에이전트를 시작하고 휴대전화가 온라인인지 확인하도록 요청하십시오.",
  devicesEnrolled: "등록된 단말 {devices, number}대, 실행 중인 세션 없음.",
  noTraffic: "판정할 트래픽 없음: 에이전트는 동작하지만 최근 1시간 동안 화이트리스트 서비스를 사용하지 않았습니다.",
  useService: "고객에게 지금 서비스를 사용하도록 요청한 후 다시 조회하십시오.",
  nodeDraining: "프록시 {node}이(가) 드레인 중이어서 새 세션을 받지 않습니다.",
  tellOperations: "고객이 할 일은 없습니다. 오래 계속되면 운영 부서에 알리십시오. 실행 중인 세션은 끝까지 계속됩니다.",
  sessionsRunThere: "세션 {seen, number}개 중 {hit, number}개가 아직 그곳에서 실행 중입니다.",
  tryAnotherWifi: "고객에게 다른 WiFi를 사용해 보도록 요청하십시오.",
  tellCoreNetwork: "코어망 담당에게 전달하십시오. 이 접속망의 중간 장비가 TCP 옵션을 변경합니다.",
  optionsStripped:
    "집성 안 됨: {access, select, lte {LTE 망} wifi {WiFi 망} other {망}}에서 MPTCP가 제거됩니다(세션 {seen, number}개 중 {hit, number}개가 일반 TCP로 전환).",
  plainTcpWorks: "이 세션들은 일반 TCP로 한 경로에서 동작합니다.",
  hasSpokenMptcp: "이 단말은 이전에 프록시와 MPTCP로 통신한 적이 있습니다.",
  mptcpNotAsked: "집성 안 됨: 단말이 MPTCP를 요청하지 않았습니다(세션 {seen, number}개 중 {hit, number}개).",
  askForModel:
    "단말의 모델과 시스템을 확인하십시오. 커널이 MPTCP를 지원해야 하며, 프록시 주소가 아니라 에이전트를 사용해야 합니다.",
  pathStale:
    "집성 안 됨: {access, select, lte {LTE} wifi {WiFi} other {다른 접속망}} 경로가 응답하지 않아 데이터가 {other, select, lte {LTE} wifi {WiFi} other {다른 접속망}}(으)로 옮겨졌습니다.",
  moveNearer: "고객에게 공유기에 더 가까이 가거나 다른 WiFi를 사용하도록 요청하십시오.",
  askForPlace: "고객의 위치를 확인하고 셀 상태를 점검하십시오. LTE가 응답할 때까지 WiFi가 모두 전송합니다.",
  sessionsStalled: "세션 {seen, number}개 중 {hit, number}개에서 경로가 정체된 후 회복되지 않았습니다.",
  joinRefused: "집성 안 됨: {access, select, lte {LTE} wifi {WiFi} other {}} 두 번째 경로가 거부되었습니다.",
  tryAnotherWifiJoin:
    "고객에게 다른 WiFi를 사용해 보도록 요청하십시오. 계속되면 전달하십시오. 중간 장비가 조인을 거부하고 있습니다.",
  joinsRefused: "조인 {hit, number}건이 거부되었습니다.",
  quotaReached:
    "약정에 따른 속도 저하: 이번 달 LTE 할당량을 소진하여 {isKnown, select, yes {{className}} other {다른}} 등급이 적용되고 있습니다.",
  offerLargerClass: "이달 말(UTC)에 초기화된다고 안내하거나 더 큰 등급을 제안하십시오.",
  capReached: "등급이 허용하는 최고 속도: {className} 등급의 상한은 {rate}입니다.",
  offerHigherCap: "상한이 더 높은 등급을 제안하십시오.",
  rateNow: "현재 {rate}.",
  backupByPolicy: "의도대로 집성 안 함: {className} 등급은 WiFi가 없을 때만 LTE를 사용합니다.",
  offerBothPaths: "두 경로를 모두 사용하는 등급을 제안하십시오.",
  lteStandsBy: "LTE는 대기하다가 WiFi에 장애가 나면 전환됩니다.",
  wifiSuffices: "의도대로 동작: WiFi만으로 요구량을 충족하여 LTE를 아끼고 있습니다.",
  lteHelpsLater: "할 일이 없습니다. WiFi가 부족해지면 바로 LTE가 보조합니다.",
  classAllows: "{className} 등급은 LTE를 바이트의 {share}까지 허용합니다.",
  flowTooShort: "집성할 트래픽 없음: 두 번째 경로가 도움이 되기 전에 전송이 끝납니다.",
  askForLarger: "동영상처럼 더 큰 다운로드를 요청한 후 다시 조회하십시오.",
  largestOf: "최근 {seen, number}개 중 가장 큰 전송은 {bytes}였습니다.",
  hardlyUsed:
    "거의 집성 안 됨: {access, select, lte {LTE} wifi {WiFi} other {다른 접속망}} 경로가 조인했지만 거의 전송하지 않습니다.",
  oneAccessOnly: "집성 안 됨: 단말에 {access, select, lte {LTE} wifi {WiFi} other {다른 접속망}}만 있습니다.",
  turnWifiOn: "고객에게 WiFi를 켜고 네트워크에 연결하도록 요청하십시오.",
  turnMobileOn: "고객에게 모바일 데이터를 켜도록 요청하십시오.",
  accessCarried: "최근 {access, select, lte {LTE} wifi {WiFi} other {다른 접속망}} 전송량은 {bytes}입니다.",
  aggregating: "집성 중: WiFi {wifi}, LTE {lte}.",
  askWhichService: "망에서 할 일은 없습니다. 그래도 느리면 어떤 서비스인지 확인하여 목적지로 지정하십시오.",
  sessionsSeen: "세션 {seen, number}개를 확인했습니다.",
};
