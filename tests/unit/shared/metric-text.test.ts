import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metrics as metricsOfProxy } from "@/lib/proxy/node-metrics";
import { metrics as metricsOfPortal } from "@/lib/services/metrics";
import { metricText } from "@/lib/shared/metric-text";

const metrics = { ...metricsOfPortal, ...metricsOfProxy };

describe("the metrics' text", () => {
  it("has each metric's samples together, with escaped labels", () => {
    const name = 'a "b" \\ c\nd';
    const text = metricText(metrics, [
      { name: "twinpath_node_up", labels: { node: "one" }, value: 1 },
      { name: "twinpath_policy_version", value: 7 },
      { name: "twinpath_node_up", labels: { node: "two", name }, value: 0 },
    ]);
    expect(text.split("\n").filter((line) => !line.startsWith("# HELP"))).toEqual([
      "# TYPE twinpath_policy_version gauge",
      "twinpath_policy_version 7",
      "# TYPE twinpath_node_up gauge",
      'twinpath_node_up{node="one"} 1',
      'twinpath_node_up{node="two",name="a \\"b\\" \\\\ c\\nd"} 0',
      "",
    ]);
  });

  it.each(["grafana-dashboard.json", "alert-rules.yml"])("has every metric that %s names", (file) => {
    const text = readFileSync(`public/monitoring/${file}`, "utf8");
    const named = [...new Set(text.match(/\btwinpath_\w+/g))];
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in metrics))).toEqual([]);
  });

  it("names counters as such", () => {
    for (const [name, { type }] of Object.entries(metrics)) expect(name.endsWith("_total")).toBe(type === "counter");
  });
});
