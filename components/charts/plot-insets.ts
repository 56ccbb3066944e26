/** How far the plotting area lies within the drawing, pixels; what is laid over it keeps to the same. */
export function plotInsets(fontPx: number): { top: number; right: number; bottom: number; left: number } {
  return { top: fontPx + 12, right: fontPx + 6, bottom: fontPx + 20, left: fontPx * 3 + 10 };
}
