/*
 * What the load generators share: sockets on 127.0.0.1 of the network namespace they run in, and the handshakes of the
 * relays under load as steps of "send this, then read that much".
 */
#ifndef TWINPATH_LOAD_H
#define TWINPATH_LOAD_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum { LOAD_MAX_STEPS = 4, LOAD_STEP_BYTES = 600, LOAD_UNTIL_EMPTY_LINE = 0 };

/* `answer_bytes` LOAD_UNTIL_EMPTY_LINE: an HTTP head, which must be a 2xx. */
struct step {
  unsigned char bytes[LOAD_STEP_BYTES];
  size_t length, answer_bytes;
  int status_at; /* byte of the answer that must be 0; -1: none */
};

struct handshake {
  struct step steps[LOAD_MAX_STEPS];
  int count;
};

/* A relay as the command line names it: port, tcp|mptcp, direct|socks5|connect [user password]. */
struct relay {
  int port, is_mptcp;
  struct handshake handshake;
};

/* Print why and end the process. */
void load_fail(const char *what);
double load_now_seconds(void);
struct sockaddr_in load_local_port(int port);
void load_watch(int ep, int fd, uint32_t events);
/* As many descriptors as the system gives. */
void load_raise_descriptors(void);

/* Listen (non-blocking) on a port and end with the parent. */
int load_listen(int port);
/* `words` are <relay port> <server port> tcp|mptcp direct|socks5|connect [user password]. */
struct relay load_parse_relay(char **words, int count);
/* A new socket with Nagle off. */
int load_socket(const struct relay *relay, int is_blocking);
/* Whether the answer so far is whole: 1, not yet: 0, refused: -1. */
int load_check_answer(const struct step *step, const unsigned char *answer, size_t length);
/* Connect and shake hands; ends the process where that fails. */
int load_open(const struct relay *relay);
/* Close with RST (MP_FASTCLOSE on MPTCP). */
void load_reset(int fd);

#endif
