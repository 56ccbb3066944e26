"use client";

import { Tabs as Primitive } from "radix-ui";
import type { ReactNode } from "react";

type TabsProps<T extends string> = {
  label: string;
  value: T;
  onValue: (value: T) => void;
  tabs: readonly { value: T; label: ReactNode; content: ReactNode }[];
};

/** Several views of one thing; arrow keys move between them. */
export function Tabs<T extends string>({ label, value, onValue, tabs }: TabsProps<T>) {
  return (
    <Primitive.Root
      value={value}
      onValueChange={(next) => {
        const tab = tabs.find((candidate) => candidate.value === next);
        if (tab !== undefined) onValue(tab.value);
      }}
    >
      <Primitive.List aria-label={label} className="flex gap-1 overflow-x-auto border-line border-b px-3">
        {tabs.map((tab) => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px inline-flex h-10 items-center gap-2 whitespace-nowrap border-transparent border-b-2 px-2 font-medium text-ink-2 text-sm hover:text-ink focus-visible:outline-offset-[-2px] data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.value} value={tab.value} className="focus-visible:outline-offset-[-2px]">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
