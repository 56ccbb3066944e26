/*
 * A listening socket passed from one process to another: the receiver opens a box (a datagram socket at a path), the
 * giver puts the descriptor there. What is in the box is kept by the kernel, so the two need not meet.
 */
#ifndef TWINPATH_HANDOVER_H
#define TWINPATH_HANDOVER_H

/* More than a Unix socket's path can have (108): a longer one is refused for its length, not cut. */
#define HANDOVER_PATH_BYTES 256

/* Returns the box at `path`, which must not exist and is readable by its owner only, or -errno. */
int handover_open(const char *path);

/* Put a descriptor into the box at `path`. Returns 0 or -errno; never blocks. */
int handover_give(const char *path, int fd);

/* Take the descriptor that waits in the box: returns it, -EAGAIN where there is none, or another -errno. */
int handover_take(int box);

#endif
