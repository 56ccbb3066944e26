import type { devices as english } from "../en/devices";
import type { Words } from "../translate";

export const devices: Words<typeof english> = {
  deviceRevoked: "단말을 해지했습니다",
  revoke: "{id} 단말을 해지하시겠습니까?",
  revoking: "해지 중…",
  revokeDevice: "단말 해지",
  itsRunningSessionsEndAndIts:
    "실행 중인 세션이 종료되고 비밀 값은 즉시 사용할 수 없게 됩니다. 다시 사용하려면 단말을 새로 등록해야 합니다.",
  newSecretFor: "{id}의 새 비밀 값",
  copySecret: "비밀 값 복사",
  thisIsShownOncePutIt: "한 번만 표시됩니다. 이 창을 닫기 전에 단말에 입력하십시오.",
  theSecretInUseStopsWorking: "사용 중인 비밀 값은 즉시 무효가 되며, 실행 중인 세션은 계속됩니다.",
  noNewSecret: "새 비밀 값을 만들지 못했습니다",
  makeANewSecret: "새 비밀 값 만들기",
  tableOfDevices: "단말 표",
  enrolled: "등록됨",
  revoked: "해지됨",
  revokeId: "{id} 해지",
  all: "전체",
  devices: "단말",
  deviceNameOrMsisdn: "단말, 이름 또는 MSISDN",
  theDevicesCouldNotBeRead: "단말을 불러오지 못했습니다",
  noDeviceHere: "단말이 없습니다",
  openASubscriberAndEnrolOne: "<link>가입자</link>를 열고 한 번만 유효한 코드로 단말을 등록하십시오.",
  enrolADeviceOf: "{msisdn} 단말 등록",
  noCode: "코드를 만들지 못했습니다",
  theCodeHasRunOut: "코드가 만료되었습니다",
  aCodeWorksOnceAndFor: "코드는 15분 동안 한 번만 유효합니다. 새로 만드십시오.",
  qrCodeForTheDevice: "단말용 QR 코드",
  copyCode: "코드 복사",
  worksOnceUntilScanItWith:
    "<time></time>까지 한 번만 유효합니다. 단말로 스캔하거나 단말에 코드를 입력하거나 다음을 실행하십시오.",
  copyCommand: "명령 복사",
};
