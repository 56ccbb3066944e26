import type { lists as english } from "../en/lists";
import type { Words } from "../translate";

export const lists: Words<typeof english> = {
  columns: "열",
  columnsShown: "표시할 열",
  byWidth: "화면 너비에 맞춤",
  rows: "행",
  comfortable: "넓게",
  compact: "좁게",
  comfortableRows: "표의 행을 넓게",
  compactRows: "표의 행을 좁게",
  views: "보기",
  view: "보기: {name}",
  noViewYet: "저장된 보기가 없습니다. 필터와 열을 고른 뒤 저장하십시오.",
  viewsAreRead: "보기를 읽는 중 …",
  theViewsCouldNotBeRead: "보기를 읽지 못했습니다. 페이지를 새로 고치십시오.",
  keepView: "이 보기 저장 …",
  keepAView: "이 보기 저장",
  deleteView: "“{name}” 삭제",
  nameOfTheView:
    "목록에 나타날 이름입니다. 같은 이름의 보기는 바뀝니다. 사람을 찾으려고 입력한 내용은 저장되지 않습니다.",
  giveItAName: "이름을 입력하십시오.",
  keep: "저장",
  theViewWasDeleted: "“{name}” 보기를 삭제했습니다",
  theViewWasNotDeleted: "“{name}” 보기를 삭제하지 못했습니다",
  theViewIsKept: "“{name}” 보기를 저장했습니다",
  undo: "실행 취소",
};
