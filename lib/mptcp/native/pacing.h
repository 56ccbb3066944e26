/* What pacer.c (user space) and pacing.bpf.c (kernel) say to each other through the map. */
#ifndef TWINPATH_PACING_H
#define TWINPATH_PACING_H

/* Subflows of one pass; more are done in several. */
#define PACING_MAX_SUBFLOWS 16384
/* No limit, in the kernel's words (SO_MAX_PACING_RATE, net/core/sock.c). */
#define PACING_UNLIMITED 0xffffffffu

/* The congestion control of starter.bpf.c, in all namespaces; another content takes another name. */
#define PACING_STARTER "twinpath_start1"

/* A TCP socket of this namespace. Addresses are IPv6 in network order, IPv4 ones mapped; ports in host order. */
struct pacing_key {
  unsigned int local[4], remote[4];
  unsigned short local_port, remote_port;
};

struct pacing_value {
  unsigned int token; /* of the MPTCP connection; 0: whichever has these ends, plain TCP too */
  unsigned int bytes_per_second;
  unsigned int unsent_bytes; /* 0: no limit of its own */
  unsigned int has_unsent;   /* 0: leave that limit as it is */
  unsigned int in_flight_bytes; /* 0: no limit */
  unsigned int has_in_flight;   /* 0: leave that limit as it is */
  unsigned int is_restart;      /* congestion control begins anew */
  unsigned int start_bytes;     /* with this window, where starter.bpf.c is there; 0: with its own */
};

#endif
