"use client";

import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

type LinkProps = Omit<ComponentProps<typeof NextLink>, "prefetch" | "onPointerEnter" | "onFocus">;

/**
 * A link to another page of the portal. That page is fetched ahead once somebody points at the link, not because it is on
 * the screen: the navigation alone would ask the portal for twenty pages.
 */
export function Link(props: LinkProps) {
  const [isLikely, setLikely] = useState(false);
  const expect = () => setLikely(true);
  return <NextLink {...props} prefetch={isLikely ? null : false} onPointerEnter={expect} onFocus={expect} />;
}
