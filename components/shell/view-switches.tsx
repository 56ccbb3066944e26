"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { Segmented } from "@/components/ui/segmented";
import { usePreferences } from "./preferences";

const themes = [
  { value: "system", label: <Monitor size={14} aria-hidden />, name: "Theme of the system" },
  { value: "light", label: <Sun size={14} aria-hidden />, name: "Light" },
  { value: "dark", label: <Moon size={14} aria-hidden />, name: "Dark" },
] as const;

const zones = [
  { value: "utc", label: "UTC" },
  { value: "local", label: "Local" },
] as const;

/** Time zone and theme. */
export function ViewSwitches() {
  const { theme, zone, set } = usePreferences();
  return (
    <div className="flex gap-2">
      <Segmented
        label="Time zone"
        value={zone}
        options={zones}
        onValue={(next) => set({ zone: next })}
        isCompact
        className="grow"
      />
      <Segmented
        label="Theme"
        value={theme}
        options={themes}
        onValue={(next) => set({ theme: next })}
        isCompact
        className="grow"
      />
    </div>
  );
}
