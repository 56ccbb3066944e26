/* Sockets as the relay needs them: non-blocking, close-on-exec, Nagle off. Every int result is >= 0 or -errno. */
#ifndef TWINPATH_SOCKET_H
#define TWINPATH_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* How a socket really speaks; the order is known to ../decode-events.ts. */
enum transport_kind { TRANSPORT_NONE = 0, TRANSPORT_MPTCP, TRANSPORT_TCP, TRANSPORT_TCP_FALLBACK };

/* Parse a numeric address. Returns 0 or -EINVAL. */
int socket_parse_address(const char *text, uint16_t port, struct sockaddr_storage *address);

/* Write the numeric form without brackets or zone; v4-mapped ones as IPv4. Unknown families give "" and port 0. */
void socket_format_address(const struct sockaddr_storage *address, char *text, size_t size, uint16_t *port);

/* Open a listener (IPv6 ones take IPv4 too). Returns the descriptor. */
int socket_listen(const struct sockaddr_storage *address, bool is_mptcp, int backlog);

/* Begin to connect; `local` may be NULL. Returns the descriptor, whose connect may still be under way. */
int socket_connect(const struct sockaddr_storage *remote, const struct sockaddr_storage *local, bool is_mptcp);

/* The pending error of a socket (SO_ERROR, which this clears), positive; 0 where there is none. */
int socket_take_error(int fd);

/* True where the kernel object is an MPTCP socket, fallen back or not (SO_PROTOCOL). */
bool socket_is_mptcp_object(int fd);

/*
 * MPTCP while it is spoken. An MPTCP socket that speaks TCP fell back; a plain TCP socket (which is also what an
 * MPTCP listener gives for a client that never asked) is TCP.
 */
enum transport_kind socket_kind(int fd);

/* Bytes queued or sent and not yet acknowledged by the peer, a FIN counted as one; 0 where unknown. */
int socket_unacknowledged(int fd);

/* Close with RST (MP_FASTCLOSE on MPTCP), dropping what is queued. */
void socket_reset(int fd);

#endif
