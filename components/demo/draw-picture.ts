import { AppError } from "@/lib/shared/errors";
import type { Translate } from "@/lib/words/translate";

const marginPx = 24;
const lineHeight = 1.6;
const titlePx = 15;

/**
 * The chart's canvas with lines of text above it, as a PNG in the page's colours.
 *
 * Errors: AppError PICTURE_FAILED where the browser gives no drawing.
 */
export function drawPicture(t: Translate, chart: HTMLCanvasElement, lines: readonly string[]): Promise<Blob> {
  const ratio = chart.width / Math.max(1, chart.clientWidth);
  const style = getComputedStyle(document.body);
  const canvas = document.createElement("canvas");
  const headPx = (marginPx + lines.length * titlePx * lineHeight) * ratio;
  canvas.width = chart.width + 2 * marginPx * ratio;
  canvas.height = chart.height + headPx + marginPx * ratio;
  const pen = canvas.getContext("2d");
  const failed = () => new AppError("PICTURE_FAILED", t("demo.theBrowserGaveNoPicture"));
  if (pen === null) return Promise.reject(failed());
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = style.color;
  pen.textBaseline = "top";
  lines.forEach((line, index) => {
    pen.font = `${index === 0 ? 600 : 400} ${titlePx * ratio}px ${style.fontFamily}`;
    const topPx = (marginPx / 2 + index * titlePx * lineHeight) * ratio;
    pen.fillText(line, marginPx * ratio, topPx, canvas.width - 2 * marginPx * ratio);
  });
  pen.drawImage(chart, marginPx * ratio, headPx);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(failed()) : resolve(blob)), "image/png");
  });
}
