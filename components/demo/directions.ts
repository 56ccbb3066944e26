import type { DemoDirection } from "@/lib/contracts/demo";

export const directionNames: Record<DemoDirection, string> = { download: "Download", upload: "Upload" };

/** What of the object is over so far. */
export const doneNames: Record<DemoDirection, string> = { download: "Fetched", upload: "Arrived" };

/** Behind the object's size, where runs of both directions stand together; a download is what is not said. */
export const directionMarks: Record<DemoDirection, string> = { download: "", upload: " upload" };
