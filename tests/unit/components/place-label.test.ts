import { expect, it } from "vitest";
import { placeLabel } from "@/components/charts/place-label";

const wide = { left: 100, right: 160, height: 12 };

it("stands at its best place, at the next one where another label is in the way, and there where no place is free", () => {
  const first = placeLabel(wide, [50, 80], []);
  expect(first).toEqual({ left: 100, right: 160, top: 38, bottom: 50 });
  const second = placeLabel({ ...wide, left: 150, right: 210 }, [52, 80], [first]);
  expect(second.bottom).toBe(80);
  expect(placeLabel({ ...wide, left: 160, right: 220 }, [52, 80], [first]).bottom).toBe(52);
  expect(placeLabel(wide, [50, 80], [first, second]).bottom).toBe(50);
});
