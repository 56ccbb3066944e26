import { Button } from "@/components/ui/button";

/** A page broke while it was drawn. */
export function PageFailure({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="flex min-h-[60dvh] flex-col items-center justify-center gap-2 px-6 text-center">
      <h1 className="font-semibold text-xl">This page failed</h1>
      <p className="max-w-md pb-3 text-ink-2">
        Try again. If it stays, check that the portal and its database run; the portal's log names the cause.
      </p>
      <Button variant="primary" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
