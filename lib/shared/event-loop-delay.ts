import { monitorEventLoopDelay } from "node:perf_hooks";

/** How late the process's timers are, from the first use on. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay();

  constructor() {
    this.histogram.enable();
  }

  /** 99th percentile since it was taken before. */
  takeSeconds(): number {
    const seconds = this.histogram.percentile(99) / 1e9;
    this.histogram.reset();
    return Number.isFinite(seconds) ? seconds : 0;
  }
}
