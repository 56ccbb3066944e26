"use client";

import clsx from "clsx";
import { Slider as Primitive } from "radix-ui";

type SliderProps = {
  label: string;
  /** null: not set, drawn at the least. */
  value: number | null;
  /** How the value is spoken: "20 %". */
  valueText: string;
  min: number;
  max: number;
  step?: number;
  onValue: (value: number) => void;
  /** The value where it was let go of; each step of a key. */
  onCommit?: (value: number) => void;
  isDisabled?: boolean;
  className?: string;
  /** Of the part up to the value. */
  rangeClassName?: string;
};

/** A value between two ends; arrow keys, Page Up and Down, Home and End move it. */
export function Slider(props: SliderProps) {
  const { label, value, valueText, min, max, step = 1, onValue, isDisabled = false } = props;
  return (
    <Primitive.Root
      value={[Math.min(max, Math.max(min, value ?? min))]}
      min={min}
      max={max}
      step={step}
      disabled={isDisabled}
      onValueChange={([next]) => {
        if (next !== undefined) onValue(next);
      }}
      onValueCommit={([next]) => {
        if (next !== undefined) props.onCommit?.(next);
      }}
      className={clsx(
        "relative flex h-8 touch-none select-none items-center data-[disabled]:opacity-40",
        props.className,
      )}
    >
      <Primitive.Track className="relative h-2 grow overflow-hidden rounded-full bg-line">
        <Primitive.Range className={clsx("absolute h-full", props.rangeClassName ?? "bg-primary")} />
      </Primitive.Track>
      <Primitive.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        className="block size-6 rounded-full border border-control-line bg-surface shadow-[0_1px_2px_rgb(0_0_0/0.2)] focus-visible:outline-offset-1"
      />
    </Primitive.Root>
  );
}
