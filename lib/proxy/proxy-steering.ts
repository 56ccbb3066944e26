import type { ServiceClass } from "@/lib/contracts/policy";
import type { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { Log } from "@/lib/shared/log";
import type { SteeredSession, SteeringClass } from "@/lib/steering/steered-session";
import { SteeringLoop } from "@/lib/steering/steering-loop";
import { steeringOf } from "@/lib/steering/steering-of";
import type { SteeringTools } from "@/lib/steering/steering-tools";
import type { Session } from "./session";

/** A second path joins no earlier than a round trip after the first. */
const beginAfterMs = 15;

/** Steers the downloads of this node's sessions by their classes: the only place that paces and marks their paths. */
export class ProxySteering {
  private readonly loop: SteeringLoop;
  private readonly steered = new Map<Session, { session: SteeredSession; steering: SteeringClass }>();
  /** New sessions, oldest first, and since when they wait. */
  private readonly waiting = new Map<Session, { steering: SteeringClass; sinceMs: number }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    server: Pick<ConnectionServer, "samplePaths" | "boundSendBuffer">,
    private readonly tools: SteeringTools,
    private readonly log: Log,
  ) {
    const { pathManager, pacer } = tools;
    this.loop = new SteeringLoop({
      samplePaths: (connections) => server.samplePaths("client", connections),
      pathManager,
      pacer,
      boundSendBuffer: (connection, bytes) => server.boundSendBuffer(connection, "client", bytes),
      log,
    });
    if (tools.pathReason !== null) log.warn({ reason: tools.pathReason }, "paths are not steered");
    if (tools.pacingReason !== null) log.warn({ reason: tools.pacingReason }, "paths are not paced");
    if (tools.pathReason === null) log.info({ isPacing: pacer !== null }, "paths are steered");
  }

  /** Why single paths are not paced, or not steered at all; null where they are. */
  get reason(): string | null {
    return this.tools.pathReason ?? this.tools.pacingReason;
  }

  /** From now on this class steers the session. */
  govern(session: Session, serviceClass: ServiceClass | null): void {
    const steering = steeringOf(serviceClass);
    if (this.isIdle) return;
    const known = this.steered.get(session);
    if (known === undefined) this.beginSoon(session, steering);
    else if (!isSame(known.steering, steering)) {
      known.steering = steering;
      this.loop.setClass(known.session, steering);
      this.log.debug({ session: session.connection.id, ...steering }, "steered by another class");
    }
  }

  /** Nothing can be done about paths here. */
  private get isIdle(): boolean {
    return this.tools.pathManager === null && this.tools.pacer === null;
  }

  /** Why single paths are not steered; null where they are. */
  get pathReason(): string | null {
    return this.tools.pathReason;
  }

  async stop(isLedByOther: boolean): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.waiting.clear();
    await this.loop.stop();
    this.tools.close(isLedByOther);
  }

  /** A session that is over at once has nothing to steer, and is most of the work where they are many. */
  private beginSoon(session: Session, steering: SteeringClass): void {
    const sinceMs = this.waiting.get(session)?.sinceMs ?? performance.now();
    this.waiting.set(session, { steering, sinceMs });
    this.timer ??= setTimeout(() => this.beginDue(), beginAfterMs);
  }

  private beginDue(): void {
    this.timer = null;
    const now = performance.now();
    for (const [session, { steering, sinceMs }] of this.waiting) {
      const leftMs = sinceMs + beginAfterMs - now;
      if (leftMs > 1 && !session.hasEnded) {
        this.timer = setTimeout(() => this.beginDue(), leftMs);
        return;
      }
      this.waiting.delete(session);
      if (!session.hasEnded) this.begin(session, steering);
    }
  }

  private begin(session: Session, steering: SteeringClass): void {
    const steered = this.loop.add(
      {
        id: session.connection.id,
        subscriber: session.entitlement.subscriberId,
        accessOf: ({ remote }) => session.accessOf(remote.address),
        onEvent: (event) => {
          session.addEvent(event);
          this.log.debug({ session: session.connection.id, ...event }, "path event");
        },
      },
      steering,
    );
    this.steered.set(session, { session: steered, steering });
    session.steerBy({
      paths: steered.paths,
      stop: () => {
        this.steered.delete(session);
        this.loop.remove(steered);
      },
    });
  }
}

function isSame(one: SteeringClass, other: SteeringClass): boolean {
  return (
    one.steering === other.steering &&
    one.lteSharePercent === other.lteSharePercent &&
    one.wifiSufficientMbps === other.wifiSufficientMbps &&
    one.lteRateBytesPerSecond === other.lteRateBytesPerSecond
  );
}
