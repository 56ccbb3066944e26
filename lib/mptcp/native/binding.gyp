{
  "variables": { "sanitize%": 0, "pacing%": 0 },
  "targets": [
    {
      "target_name": "twinpath_mptcp",
      "sources": [
        "accept.c", "addon.c", "addon_commands.c", "addon_engine.c", "addon_handover.c", "addon_link_monitor.c", "addon_path_manager.c", "command.c", "connection.c",
        "ending.c", "engine.c", "engine_limits.c", "events.c", "flow.c", "fullinfo.c", "handover.c", "limit.c", "netlink.c", "path_manager.c", "pool.c", "rival.c", "sampler.c", "slot.c",
        "socket.c", "throttle.c", "timer.c", "wire.c", "worker.c"
      ],
      "defines": ["_GNU_SOURCE", "NAPI_VERSION=8"],
      "cflags": ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"],
      "conditions": [
        ["pacing==1", {
          "sources": ["addon_pacer.c", "pacer.c"],
          "defines": ["HAS_PACING"],
          "libraries": ["-lbpf"]
        }],
        ["sanitize==1", {
          "cflags": ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer", "-g"],
          "ldflags": ["-fsanitize=address,undefined"]
        }]
      ]
    }
  ]
}
