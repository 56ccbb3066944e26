#include "handover.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the kernel wants it (unix(7), cmsg(3)). */
union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

static int parse_path(const char *path, struct sockaddr_un *address) {
  if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  strcpy(address->sun_path, path);
  return 0;
}

static int open_datagram(void) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return fd < 0 ? -errno : fd;
}

int handover_open(const char *path) {
  struct sockaddr_un address;
  int error = parse_path(path, &address);
  int fd = error ? error : open_datagram();
  if (fd < 0) return fd;
  /* The file takes its mode from the socket: nobody else may put something in. */
  if (fchmod(fd, S_IRUSR | S_IWUSR) || bind(fd, (const struct sockaddr *)&address, sizeof address)) {
    error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int handover_give(const char *path, int given) {
  struct sockaddr_un address;
  int error = parse_path(path, &address);
  int fd = error ? error : open_datagram();
  if (fd < 0) return fd;
  char mark = 0;
  struct iovec body = {.iov_base = &mark, .iov_len = 1};
  union control control = {0};
  struct msghdr message = {.msg_name = &address,
                           .msg_namelen = sizeof address,
                           .msg_iov = &body,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof given);
  memcpy(CMSG_DATA(&control.header), &given, sizeof given);
  error = sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
  close(fd);
  return error;
}

int handover_take(int box) {
  char mark;
  struct iovec body = {.iov_base = &mark, .iov_len = 1};
  union control control = {0};
  struct msghdr message = {
      .msg_iov = &body, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  if (recvmsg(box, &message, MSG_CMSG_CLOEXEC) < 0) return -errno;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(sizeof(int)))
    return -EBADMSG;
  int fd;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}
