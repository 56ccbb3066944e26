import type { DemoDirection } from "@/lib/contracts/demo";
import type { Translate } from "@/lib/words/translate";

export const directions: readonly DemoDirection[] = ["download", "upload"];

export const directionNames = (t: Translate): Record<DemoDirection, string> => ({
  download: t("common.download"),
  upload: t("common.upload"),
});

/** What of the object is over so far. */
export const doneNames = (t: Translate): Record<DemoDirection, string> => ({
  download: t("demo.fetched"),
  upload: t("demo.arrived"),
});

/** Behind the object's size, where runs of both directions stand together; a download is what is not said. */
export const directionMarks = (t: Translate): Record<DemoDirection, string> => ({
  download: "",
  upload: ` ${t("demo.uploadMark")}`,
});
