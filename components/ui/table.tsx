import clsx from "clsx";
import type { ComponentProps } from "react";

/** A table that scrolls sideways inside its own focusable region, never the page. */
export function Table({ label, className, children, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative overflow-x-auto rounded-b-lg focus-visible:outline-offset-[-2px]"
    >
      <table className={clsx("w-full border-collapse text-left text-sm", className)} {...rest}>
        {children}
      </table>
    </section>
  );
}

export function Th({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={clsx(
        "h-8 whitespace-nowrap border-line border-b px-3 font-medium text-ink-3 text-xs first:pl-4 last:pr-4",
        className,
      )}
      {...rest}
    />
  );
}

export function Td({ className, ...rest }: ComponentProps<"td">) {
  return (
    <td
      className={clsx(
        "h-10 px-3 py-1.5 align-middle first:pl-4 last:pr-4",
        "in-data-[density=compact]:h-8 in-data-[density=compact]:py-0.5",
        className,
      )}
      {...rest}
    />
  );
}

export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr className={clsx("border-line border-b last:border-b-0", className)} {...rest} />;
}
