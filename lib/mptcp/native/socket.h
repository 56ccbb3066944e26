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

/*
 * Open a listener (IPv6 ones take IPv4 too). With `is_fast_open` it takes bytes that come with a SYN (RFC 7413), where
 * net.ipv4.tcp_fastopen has the server's bit. Returns the descriptor.
 */
int socket_listen(const struct sockaddr_storage *address, bool is_mptcp, int backlog, bool is_fast_open);

/* Bytes that may leave with the SYN; `sent` tells how many did. */
struct first_flight {
  const void *bytes;
  size_t length, sent;
};

/*
 * Begin to connect; `local` may be NULL, `mark` (SO_MARK) 0 for none. Returns the descriptor, whose connect may still be
 * under way. `first` not NULL: TCP Fast Open (RFC 7413 §4.2). The kernel sends as much of it with the SYN as fits, or
 * nothing and asks for a cookie where it has none of this peer; where it does not do it at all the connect is plain.
 */
int socket_connect(const struct sockaddr_storage *remote, const struct sockaddr_storage *local, bool is_mptcp,
                   uint32_t mark, struct first_flight *first);

/*
 * Where a connection that netfilter redirected was going (SO_ORIGINAL_DST of nf_conntrack, include/uapi/linux/
 * netfilter_ipv4.h and netfilter_ipv6/ip6_tables.h); one that was not redirected was going to its own local address.
 * Returns 0 or -errno.
 */
int socket_original_destination(int fd, struct sockaddr_storage *address);

/* Read urgent bytes of a plain TCP socket in their place among the others; the kernel has no such thing for MPTCP. */
void socket_keep_urgent(int fd);

/* The pending error of a socket (SO_ERROR, which this clears), positive; 0 where there is none. */
int socket_take_error(int fd);

/* True where the kernel object is an MPTCP socket, fallen back or not (SO_PROTOCOL). */
bool socket_is_mptcp_object(int fd);

/*
 * MPTCP while it is spoken. An MPTCP socket that speaks TCP fell back; a plain TCP socket (which is also what an
 * MPTCP listener gives for a client that never asked) is TCP. `is_mptcp` is what socket_is_mptcp_object said of it.
 */
enum transport_kind socket_kind(int fd, bool is_mptcp);

/* Bytes queued or sent and not yet acknowledged by the peer, a FIN counted as one; 0 where unknown. */
int socket_unacknowledged(int fd);

/* Bytes that a read would find (SIOCINQ); 0 where unknown. */
size_t socket_unread(int fd);

/*
 * What may be queued or on its way on the socket, of MPTCP on each subflow; the kernel sizes it no more by itself. It
 * counts its own memory, which is a little more than the bytes. Takes CAP_NET_ADMIN; without it nothing changes.
 */
void socket_bound_send_buffer(int fd, uint32_t bytes);

/* Close with RST (MP_FASTCLOSE on MPTCP), dropping what is queued. */
void socket_reset(int fd);

#endif
