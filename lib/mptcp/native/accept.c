/*
 * Accepting. One listening descriptor is shared by all threads; EPOLLEXCLUSIVE wakes one of them. The kernel wakes
 * the first idle waiter in line, so a thread that accepted goes to the end of the line (it leaves and joins again):
 * without that the first thread would own nearly every session of a quiet server.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"
#include "socket.h"
#include "worker.h"

/* Few enough that other threads get their share of a burst. */
#define ACCEPTS_PER_TURN 16
/* Long enough not to spin while descriptors are short, short enough not to be felt afterwards. */
#define PAUSE_MS 100

static int join_line(struct worker *worker, struct listener *listener) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE,
                              .data.u64 = CONNECTION_KEY_LISTENER | (uint64_t)(uint32_t)listener->id};
  return epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, listener->fd, &event) ? -errno : 0;
}

static void leave_line(struct worker *worker, struct listener *listener) {
  epoll_ctl(worker->epoll_fd, EPOLL_CTL_DEL, listener->fd, NULL);
}

static struct accepting *find(struct worker *worker, int listener_id) {
  for (uint32_t i = 0; i < worker->accepting_count; i++)
    if (worker->accepting[i].listener->id == listener_id) return &worker->accepting[i];
  return NULL;
}

void accept_add(struct worker *worker, struct listener *listener) {
  struct accepting *accepting = &worker->accepting[worker->accepting_count++];
  accepting->listener = listener;
  accepting->resume_ms = join_line(worker, listener) ? worker->now_ms + PAUSE_MS : 0;
}

void accept_drop(struct worker *worker, struct listener *listener) {
  struct accepting *accepting = find(worker, listener->id);
  if (accepting) {
    if (!accepting->resume_ms) leave_line(worker, listener);
    *accepting = worker->accepting[--worker->accepting_count];
  }
  /* The number stays taken (by a placeholder) until no thread can use it any more. */
  if (atomic_fetch_sub(&listener->users, 1) == 1) {
    close(listener->fd);
    atomic_store(&listener->users, UINT32_MAX);
  }
}

/* Take one waiting connection with the reserve descriptor and refuse it. */
static bool refuse_one(struct worker *worker, int listen_fd) {
  if (worker->reserve_fd < 0) return false;
  close(worker->reserve_fd);
  int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    socket_reset(fd);
    engine_count_refused(worker->engine);
  }
  worker->reserve_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return fd >= 0;
}

static void pause_accepting(struct worker *worker, struct accepting *accepting) {
  leave_line(worker, accepting->listener);
  accepting->resume_ms = worker->now_ms + PAUSE_MS;
}

void accept_run(struct worker *worker, int listener_id) {
  struct accepting *accepting = find(worker, listener_id);
  if (!accepting || accepting->resume_ms) return;
  int listen_fd = accepting->listener->fd;
  /* Lost where another thread was faster to take the number it had given up. */
  if (worker->reserve_fd < 0) worker->reserve_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  bool has_accepted = false;
  for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == ECONNABORTED || errno == EINTR)) continue;
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
      if (refuse_one(worker, listen_fd)) continue;
      pause_accepting(worker, accepting);
      return;
    }
    if (fd < 0) break;
    has_accepted = true;
    if (!engine_admit(worker->engine) || !connection_accept(worker, accepting->listener, fd)) socket_reset(fd);
  }
  if (has_accepted && engine_get_thread_count(worker->engine) > 1) {
    leave_line(worker, accepting->listener);
    if (join_line(worker, accepting->listener)) accepting->resume_ms = worker->now_ms + PAUSE_MS;
  }
}

int accept_resume(struct worker *worker) {
  int wait_ms = -1;
  for (uint32_t i = 0; i < worker->accepting_count; i++) {
    struct accepting *accepting = &worker->accepting[i];
    if (!accepting->resume_ms) continue;
    if (worker->now_ms >= accepting->resume_ms && !join_line(worker, accepting->listener)) {
      accepting->resume_ms = 0;
      continue;
    }
    if (worker->now_ms >= accepting->resume_ms) accepting->resume_ms = worker->now_ms + PAUSE_MS;
    int left_ms = (int)(accepting->resume_ms - worker->now_ms);
    if (wait_ms < 0 || left_ms < wait_ms) wait_ms = left_ms;
  }
  return wait_ms;
}
