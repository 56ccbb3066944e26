#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "limit.h"
#include "throttle.h"

int mailbox_open(struct mailbox *mailbox) {
  mailbox->head = mailbox->tail = NULL;
  mailbox->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (mailbox->wake_fd < 0) return -errno;
  pthread_mutex_init(&mailbox->lock, NULL);
  return 0;
}

void mailbox_close(struct mailbox *mailbox) {
  struct command *command = mailbox_take(mailbox);
  while (command) {
    struct command *next = command->next;
    command_free(command);
    command = next;
  }
  pthread_mutex_destroy(&mailbox->lock);
  close(mailbox->wake_fd);
}

bool mailbox_push(struct mailbox *mailbox, struct command *command) {
  command->next = NULL;
  pthread_mutex_lock(&mailbox->lock);
  bool was_empty = mailbox->head == NULL;
  if (was_empty) {
    mailbox->head = command;
  } else {
    mailbox->tail->next = command;
  }
  mailbox->tail = command;
  pthread_mutex_unlock(&mailbox->lock);
  return was_empty;
}

void mailbox_wake(struct mailbox *mailbox) {
  uint64_t one = 1;
  /* The counter cannot overflow: the reader is edge-triggered and 2^64 wakes do not happen. */
  ssize_t written = write(mailbox->wake_fd, &one, sizeof one);
  (void)written;
}

struct command *mailbox_take(struct mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  struct command *head = mailbox->head;
  mailbox->head = mailbox->tail = NULL;
  pthread_mutex_unlock(&mailbox->lock);
  return head;
}

void connect_target_free(struct connect_target *target) {
  if (target) free(target->answer);
  free(target);
}

void command_free(struct command *command) {
  if (command->type == COMMAND_CONNECT) connect_target_free(command->target);
  if (command->type == COMMAND_LIMIT && command->throttle) throttle_free(command->throttle);
  if (command->type == COMMAND_LIMIT_CHANGED) limit_release(command->limit);
  free(command->block);
  free(command);
}
