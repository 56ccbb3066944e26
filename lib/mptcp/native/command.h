/* What JavaScript asks of one relay thread, and the mailbox that carries it there in order. */
#ifndef TWINPATH_COMMAND_H
#define TWINPATH_COMMAND_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct sample_request;
struct listener;
struct limit;
struct throttle;

enum command_type {
  COMMAND_ADD_LISTENER,
  COMMAND_DROP_LISTENER,
  COMMAND_READ,
  COMMAND_WRITE,
  COMMAND_CONNECT,
  COMMAND_RELAY,
  COMMAND_PASS,
  COMMAND_HANG_UP,
  COMMAND_CLOSE,
  COMMAND_LIMIT,
  COMMAND_SEND_BUFFER,
  COMMAND_LIMIT_CHANGED,
  COMMAND_SAMPLE,
  COMMAND_STOP,
};

/* Bytes from JavaScript on their way to a socket. */
struct block {
  struct block *next;
  uint32_t offset, length;
  bool is_relayed; /* the other side's own bytes: counted as such */
  uint8_t bytes[];
};

struct connect_target {
  struct sockaddr_storage remote, local; /* local.ss_family 0: the kernel chooses */
  bool is_mptcp;
  bool is_beside; /* a further attempt: dropped where an upstream is connected by now */
  uint32_t mark, timeout_ms;
  struct block *answer; /* not NULL: once connected the client gets this, and both directions are relayed */
};

/* NULL: none. */
void connect_target_free(struct connect_target *target);

struct command {
  struct command *next;
  enum command_type type;
  uint64_t connection;
  union {
    int side;
    struct listener *listener;
    struct connect_target *target;
    int64_t upload_limit;
    struct {
      int source;
      uint64_t bytes;
    } pass;
    struct {
      int side;
      uint32_t bytes;
    } send_buffer;
    bool is_reset;
    struct sample_request *sample;
    struct throttle *throttle; /* NULL: no limit */
    struct limit *limit;       /* with a reference */
  };
  struct block *block;
};

struct mailbox {
  pthread_mutex_t lock;
  struct command *head, *tail;
  int wake_fd;
};

/* Returns 0 or -errno. */
int mailbox_open(struct mailbox *mailbox);
void mailbox_close(struct mailbox *mailbox);
/* Append; the mailbox owns the command afterwards. Returns true where the thread must be woken. */
bool mailbox_push(struct mailbox *mailbox, struct command *command);
void mailbox_wake(struct mailbox *mailbox);
/* Take everything, oldest first. */
struct command *mailbox_take(struct mailbox *mailbox);

void command_free(struct command *command);

#endif
