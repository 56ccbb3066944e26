import { mptcp } from "@/lib/mptcp";
import type { Connection } from "@/lib/mptcp/connection";
import type { ConnectionServer } from "@/lib/mptcp/connection-server";
import type { ConnectionId, PathManager, SubflowPacer } from "@/lib/mptcp/face";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";
import type { SteeredSession, SteeringClass } from "@/lib/steering/steered-session";
import type { SteeringEvent } from "@/lib/steering/steering-event";
import { SteeringLoop } from "@/lib/steering/steering-loop";
import { steeringOf } from "@/lib/steering/steering-of";
import { isSteeringOff, pacingSupport } from "@/lib/steering/steering-tools";
import type { AgentPolicy } from "./agent-policy";
import type { DevicePaths } from "./paths/device-paths";

export type UploadSteeringOptions = {
  server: Pick<ConnectionServer, "samplePaths" | "boundSendBuffer">;
  /** Null where the kernel has no MPTCP. */
  pathManager: PathManager | null;
  policy: Pick<AgentPolicy, "serviceClass" | "onChange">;
  paths: Pick<DevicePaths, "accessOf">;
  log: Log;
};

/** Without CAP_NET_ADMIN the kernel tells nobody of subflows, and takes no orders about them. */
function mayListen(pathManager: PathManager | null): boolean {
  try {
    pathManager?.onEvent(() => {}, [])();
    return true;
  } catch {
    return false;
  }
}

/** Steers what this device sends through the proxy, by its subscriber's class, as the proxy steers what it receives. */
export class UploadSteering {
  private readonly loop: SteeringLoop;
  private readonly sessions = new Map<ConnectionId, SteeredSession>();
  /** Those that began before, perhaps more than once. */
  private readonly known = new WeakSet<object>();
  private readonly pacer: SubflowPacer | null;
  private readonly stopPolicy: () => void;
  private steering: SteeringClass;
  /** Why uploads are not paced; null where they are. */
  readonly reason: string | null;

  constructor(private readonly options: UploadSteeringOptions) {
    const { server, pathManager, policy, log } = options;
    const { pacer, reason } = openPacer();
    this.pacer = pacer;
    this.reason = reason;
    if (reason !== null) log.info({ reason }, "uploads are not paced");
    this.steering = steeringOf(policy.serviceClass());
    this.loop = new SteeringLoop({
      samplePaths: (connections) => server.samplePaths("upstream", connections),
      pathManager: mayListen(pathManager) ? pathManager : null,
      pacer,
      boundSendBuffer: (connection, bytes) => server.boundSendBuffer(connection, "upstream", bytes),
      log,
    });
    this.stopPolicy = policy.onChange(() => this.followClass());
  }

  /** This connection has reached the proxy by MPTCP; once more after its `end`. */
  begin(connection: Pick<Connection, "id" | "closed">): void {
    if (isSteeringOff()) return;
    const { paths, log } = this.options;
    const session = this.loop.add(
      {
        id: connection.id,
        subscriber: "device",
        accessOf: ({ local }) => paths.accessOf(local.address),
        onEvent: (event) => tell(log, connection.id, event),
      },
      this.steering,
    );
    this.sessions.set(connection.id, session);
    if (this.known.has(connection)) return;
    this.known.add(connection);
    void connection.closed.then(() => this.end(connection));
  }

  /** It does not go to the proxy any more. */
  end({ id }: Pick<Connection, "id">): void {
    const session = this.sessions.get(id);
    this.sessions.delete(id);
    if (session !== undefined) this.loop.remove(session);
  }

  async stop(): Promise<void> {
    this.stopPolicy();
    await this.loop.stop();
    this.pacer?.close();
  }

  private followClass(): void {
    const steering = steeringOf(this.options.policy.serviceClass());
    if (JSON.stringify(steering) === JSON.stringify(this.steering)) return;
    this.steering = steering;
    for (const session of this.sessions.values()) this.loop.setClass(session, steering);
  }
}

function openPacer(): { pacer: SubflowPacer | null; reason: string | null } {
  const { hasPacing, reason } = pacingSupport();
  if (!hasPacing) return { pacer: null, reason };
  try {
    return { pacer: mptcp.openPacer(), reason: null };
  } catch (error) {
    return { pacer: null, reason: errorMessage(error) };
  }
}

/** Of what this end does; what the proxy does it tells itself. */
function tell(log: Log, session: number, { kind, cause, access, actor }: SteeringEvent): void {
  if (kind === "stalled" || kind === "fallback") log.info({ session, access, cause }, `path ${kind}`);
  else log.debug({ session, access, cause, actor }, `path ${kind}`);
}
