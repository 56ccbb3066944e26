/** Metrics by name: their type, and what they tell. */
export type Metrics = Readonly<Record<string, { type: "gauge" | "counter"; help: string }>>;

export type Sample<Name extends string> = { name: Name; labels?: Readonly<Record<string, string>>; value: number };

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/**
 * Samples in Prometheus' text exposition format 0.0.4: each metric's lines together under its HELP and TYPE.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricText<Known extends Metrics>(
  metrics: Known,
  samples: readonly Sample<Extract<keyof Known, string>>[],
): string {
  const blocks = Object.entries(metrics).map(([name, { type, help }]) => {
    const lines = samples
      .filter((sample) => sample.name === name)
      .map(({ labels = {}, value }) => `${name}${labelText(labels)} ${value}\n`);
    return lines.length === 0 ? "" : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
  });
  return blocks.join("");
}

/** What the samples' text is. */
export const metricContentType = "text/plain; version=0.0.4; charset=utf-8";
