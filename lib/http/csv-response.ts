/** Source: RFC 6266 §4, RFC 8187 §3.2. */
function disposition(fileName: string): string {
  const plain = fileName.replaceAll(/[^\w.\- ]/g, "_");
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/**
 * Answer with a CSV file that is made while it is read; a reader that goes ends the making. What fails before the first
 * part is thrown.
 */
export async function csvResponse(fileName: string, parts: AsyncGenerator<string, void, void>): Promise<Response> {
  const encoder = new TextEncoder();
  let next = await parts.next();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (next.done) return controller.close();
      controller.enqueue(encoder.encode(next.value));
      next = await parts.next();
    },
    cancel: async () => {
      await parts.return();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": disposition(fileName.endsWith(".csv") ? fileName : `${fileName}.csv`),
      "cache-control": "no-store",
    },
  });
}
