import {
  ArrowDownUp,
  ArrowRightLeft,
  CircleSlash,
  HeartPulse,
  Hourglass,
  Link2,
  type LucideIcon,
  TriangleAlert,
} from "lucide-react";
import type { PathEvent } from "@/lib/contracts/telemetry";

export const pathEventIcons: Record<PathEvent["kind"], LucideIcon> = {
  joined: Link2,
  "priority-changed": ArrowDownUp,
  stalled: Hourglass,
  moved: ArrowRightLeft,
  recovered: HeartPulse,
  closed: CircleSlash,
  fallback: TriangleAlert,
};
