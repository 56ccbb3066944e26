import Link from "next/link";
import { buttonClass } from "@/components/ui/button";

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-2 px-6 text-center">
      <h1 className="font-semibold text-xl">There is no such page</h1>
      <p className="pb-3 text-ink-2">The address may be old, or have a typing error.</p>
      <Link href="/" className={buttonClass("primary")}>
        Go to Overview
      </Link>
    </main>
  );
}
