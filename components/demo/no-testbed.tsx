import { Network } from "lucide-react";
import { PageHeader } from "@/components/shell/page-header";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";

/** Nothing to run on: how to get a testbed. */
export function NoTestbed() {
  return (
    <>
      <PageHeader title="Demo" />
      <Card>
        <EmptyState icon={<Network size={22} aria-hidden />} title="No testbed is connected" className="py-16">
          <p>
            The demo runs real downloads through emulated LTE and WiFi links. On the Linux machine of this portal, as
            root, run
          </p>
          <p className="py-3">
            <code className="rounded bg-sunken px-2.5 py-1.5 font-mono text-ink">npm run demo</code>
          </p>
          <p>This page goes on by itself as soon as the testbed has reported.</p>
        </EmptyState>
      </Card>
    </>
  );
}
