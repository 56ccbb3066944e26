/*
 * Attempts beside the first one to connect an upstream (RFC 8305 §5): JavaScript says which addresses and when, the first
 * socket that connects becomes the upstream, the others are closed. Each attempt that fails is told by itself. There are
 * none but while the connection is connecting.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "connection.h"
#include "socket.h"

struct rival {
  struct rival *next;
  int fd;
  uint32_t number; /* in its epoll key; 1 and up */
};

static struct rival **find(struct connection *connection, uint32_t number) {
  struct rival **link = &connection->rivals;
  while (*link && (*link)->number != number) link = &(*link)->next;
  return link;
}

/* Takes it out of the list; the socket is the caller's. */
static int take(struct rival **link) {
  struct rival *rival = *link;
  int fd = rival->fd;
  *link = rival->next;
  free(rival);
  return fd;
}

int rival_add(struct worker *worker, struct connection *connection, const struct connect_target *target) {
  struct rival *rival = calloc(1, sizeof *rival);
  if (!rival) return -ENOMEM;
  const struct sockaddr_storage *local = target->local.ss_family == AF_UNSPEC ? NULL : &target->local;
  rival->fd = socket_connect(&target->remote, local, target->is_mptcp, target->mark, NULL);
  /* Not from the start with each connect: events of sockets that were closed may still be in this turn's batch. */
  connection->rivals_begun = connection->rivals_begun % CONNECTION_KEY_RIVAL_MAX + 1;
  rival->number = connection->rivals_begun;
  uint64_t key = connection_id(worker, connection) & (CONNECTION_KEY_UPSTREAM - 1);
  key |= (uint64_t)rival->number << CONNECTION_KEY_RIVAL_SHIFT;
  struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.u64 = key};
  int error = rival->fd < 0 ? rival->fd : 0;
  if (!error && epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, rival->fd, &event)) {
    error = -errno;
    close(rival->fd);
  }
  if (error) {
    free(rival);
    return error;
  }
  rival->next = connection->rivals;
  connection->rivals = rival;
  return 0;
}

int rival_take_error(struct connection *connection, uint32_t number, uint32_t events) {
  struct rival *rival = *find(connection, number);
  if (!rival) return -EAGAIN;
  int error = events & (EPOLLERR | EPOLLHUP) ? socket_take_error(rival->fd) : 0;
  if (!error && events & EPOLLERR) error = ECONNREFUSED;
  if (!error && !(events & EPOLLOUT)) return -EAGAIN;
  return error;
}

int rival_take(struct connection *connection, uint32_t number) { return take(find(connection, number)); }

uint32_t rival_close_all(struct connection *connection) {
  uint32_t count = 0;
  for (; connection->rivals; count++) close(take(&connection->rivals));
  return count;
}
