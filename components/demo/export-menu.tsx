"use client";

import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { DropdownMenu } from "radix-ui";
import { errorText } from "@/components/api/error-text";
import { saveAsFile } from "@/components/policy/save-as-file";
import { buttonClass } from "@/components/ui/button";
import { useNotify } from "@/components/ui/toast";
import type { DemoRun } from "@/lib/contracts/live";
import { chartCanvas } from "./demo-chart";
import { drawPicture } from "./draw-picture";
import { exportName, pictureLines, runCsv, runJson } from "./prepare-export";

const itemClass =
  "flex h-8 cursor-pointer items-center rounded-md px-2.5 text-sm outline-none data-[highlighted]:bg-sunken";

/** The run as a file: figures or picture. */
export function ExportMenu({ run }: { run: DemoRun }) {
  const t = useTranslations();
  const notify = useNotify();
  const name = exportName(run);
  const savePicture = async () => {
    const chart = chartCanvas();
    if (chart === null) {
      notify({ tone: "bad", title: t("demo.noPictureWasMade"), detail: t("demo.showTheChartInPlaceOf") });
      return;
    }
    try {
      saveAsFile(`${name}.png`, "image/png", await drawPicture(t, chart, pictureLines(t, run)));
    } catch (error) {
      notify({ tone: "bad", title: t("demo.noPictureWasMade"), detail: errorText(t, error) });
    }
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={buttonClass("secondary")}>
        <Download size={14} aria-hidden />
        {t("demo.export")}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={12}
          className="z-50 min-w-52 rounded-lg border border-line-strong bg-raised p-1 shadow-pop"
        >
          <DropdownMenu.Item
            className={itemClass}
            onSelect={() => saveAsFile(`${name}.csv`, "text/csv; charset=utf-8", runCsv(run))}
          >
            {t("demo.samplesAsCsv")}
          </DropdownMenu.Item>
          <DropdownMenu.Item
            className={itemClass}
            onSelect={() => saveAsFile(`${name}.json`, "application/json", runJson(run))}
          >
            {t("demo.wholeRunAsJson")}
          </DropdownMenu.Item>
          <DropdownMenu.Item className={itemClass} onSelect={() => void savePicture()}>
            {t("demo.chartAsPng")}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
