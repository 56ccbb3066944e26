/*
 * linkdelay: delay and loss on forwarded packets, for kernels without netem.
 *
 * The namespace's firewall sends each direction of an access link to a netfilter queue of its own. This program is
 * told of every packet (metadata only, no payload is copied), lets it wait in the kernel for the link's one-way
 * delay, and then answers with a verdict: on its way, or dropped. Verdicts leave in batches; packets never overtake
 * each other, also while the delay changes.
 *
 *   usage:   linkdelay QUEUE...           in the access network's namespace, as root
 *   stdin:   "QUEUE DELAY_US LOSS_PPM\n"  one-way delay in microseconds, loss in parts per million (1000000: all)
 *   stdout:  "ready\n" once every queue is bound; "ok\n" after each line; "bad: …\n" for a line it cannot use
 *   ends:    at the end of stdin, or with its parent
 *
 * Source: include/uapi/linux/netfilter/nfnetlink_queue.h, net/netfilter/nfnetlink_queue.c.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_QUEUES = 8,
  /* Held packets per direction: 2 s at 1 Gbit/s in full-size packets. A power of two, for the ring's index. */
  RING_SIZE = 1 << 18,
  /* The kernel lets packets pass undelayed beyond this (fail-open), so the ring can never overflow. */
  QUEUE_MAX_LENGTH = RING_SIZE - 1024,
  /* A notice is 1 kB of kernel memory; all of a full queue's notices may be waiting for us. */
  RECEIVE_BUFFER_BYTES = 256 << 20,
  NOTICES_PER_READ = 64,
  NOTICE_BYTES = 1024,
  /* Wake-ups cost more than this: what is due within it leaves now. */
  EARLY_NS = 20 * 1000,
  LOSS_ALL_PPM = 1000000,
};

struct held_packet {
  int64_t due_ns;
  uint32_t id;
  bool is_lost;
};

struct queue {
  int number;
  int fd;
  uint32_t sequence;
  int64_t delay_ns;
  uint32_t loss_ppm;
  int64_t last_due_ns;
  uint32_t head, tail; /* free-running; head == tail is empty */
  struct held_packet *ring;
};

struct message {
  struct nlmsghdr header;
  struct nfgenmsg family;
  char attributes[128];
};

static struct queue queues[MAX_QUEUES];
static int queue_count;
static uint64_t random_state;

static int64_t now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* xorshift64*: uniform in 0 … 999999. */
static uint32_t random_ppm(void)
{
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (uint32_t)(((random_state * 0x2545F4914F6CDD1DULL) >> 32) * 1000000ULL >> 32);
}

static void message_begin(struct message *message, const struct queue *queue, int type, int flags)
{
  memset(message, 0, sizeof *message);
  message->header.nlmsg_len = NLMSG_LENGTH(sizeof message->family);
  message->header.nlmsg_type = (uint16_t)((NFNL_SUBSYS_QUEUE << 8) | type);
  message->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
  message->family.nfgen_family = AF_UNSPEC;
  message->family.version = NFNETLINK_V0;
  message->family.res_id = htons((uint16_t)queue->number);
}

static void message_add(struct message *message, int type, const void *value, size_t size)
{
  struct nlattr *attribute = (struct nlattr *)((char *)message + NLMSG_ALIGN(message->header.nlmsg_len));
  attribute->nla_type = (uint16_t)type;
  attribute->nla_len = (uint16_t)(NLA_HDRLEN + size);
  memcpy((char *)attribute + NLA_HDRLEN, value, size);
  message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) + NLA_ALIGN(attribute->nla_len);
}

/*
 * The queue's flags for its present loss. With F_GSO a packet of up to 64 kB comes whole, which is what makes
 * 1 Gbit/s cheap. Without it the kernel cuts it into segments first, so that loss hits single packets as on a wire.
 */
static uint32_t queue_flags(const struct queue *queue)
{
  bool is_per_segment = queue->loss_ppm > 0 && queue->loss_ppm < LOSS_ALL_PPM;
  return NFQA_CFG_F_FAIL_OPEN | (is_per_segment ? 0 : NFQA_CFG_F_GSO);
}

static void message_add_flags(struct message *message, const struct queue *queue)
{
  uint32_t flags = htonl(queue_flags(queue));
  uint32_t mask = htonl(NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO);
  message_add(message, NFQA_CFG_FLAGS, &flags, sizeof flags);
  message_add(message, NFQA_CFG_MASK, &mask, sizeof mask);
}

/* Open the queue's socket and bind it. Returns 0 or -errno. */
static int queue_open(struct queue *queue)
{
  queue->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (queue->fd < 0) return -errno;
  queue->ring = calloc(RING_SIZE, sizeof *queue->ring);
  if (!queue->ring) return -ENOMEM;

  int size = RECEIVE_BUFFER_BYTES, on = 1;
  if (setsockopt(queue->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) return -errno;
  if (setsockopt(queue->fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on) < 0) return -errno;

  struct nfqnl_msg_config_cmd bind_command = {.command = NFQNL_CFG_CMD_BIND, .pf = htons(AF_INET)};
  struct nfqnl_msg_config_params metadata_only = {.copy_range = 0, .copy_mode = NFQNL_COPY_META};
  uint32_t max_length = htonl(QUEUE_MAX_LENGTH);
  struct message message;
  message_begin(&message, queue, NFQNL_MSG_CONFIG, NLM_F_ACK);
  message_add(&message, NFQA_CFG_CMD, &bind_command, sizeof bind_command);
  message_add(&message, NFQA_CFG_PARAMS, &metadata_only, sizeof metadata_only);
  message_add(&message, NFQA_CFG_QUEUE_MAXLEN, &max_length, sizeof max_length);
  message_add_flags(&message, queue);
  if (send(queue->fd, &message, message.header.nlmsg_len, 0) < 0) return -errno;

  union {
    struct nlmsghdr header;
    char bytes[NOTICE_BYTES];
  } answer;
  ssize_t length = recv(queue->fd, &answer, sizeof answer, 0);
  if (length < 0) return -errno;
  if (!NLMSG_OK(&answer.header, (uint32_t)length) || answer.header.nlmsg_type != NLMSG_ERROR) return -EPROTO;
  return ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error;
}

/* Take new settings; packets that are held keep their time. Returns 0 or -errno. */
static int queue_set(struct queue *queue, int64_t delay_ns, uint32_t loss_ppm)
{
  queue->delay_ns = delay_ns;
  queue->loss_ppm = loss_ppm;
  struct message message;
  message_begin(&message, queue, NFQNL_MSG_CONFIG, 0);
  message_add_flags(&message, queue);
  return send(queue->fd, &message, message.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

/* `type` NFQNL_MSG_VERDICT_BATCH answers for every packet up to `id`. */
static void queue_answer(const struct queue *queue, int type, uint32_t verdict, uint32_t id)
{
  struct nfqnl_msg_verdict_hdr answer = {.verdict = htonl(verdict), .id = htonl(id)};
  struct message message;
  message_begin(&message, queue, type, 0);
  message_add(&message, NFQA_VERDICT_HDR, &answer, sizeof answer);
  /* A packet may be gone (its interface went away); there is nothing to do about it then. */
  (void)!send(queue->fd, &message, message.header.nlmsg_len, 0);
}

/*
 * Answer for what is due. A lost packet is held as long as its neighbours: the kernel looks a packet up from the
 * oldest on, so that a verdict for the oldest is cheap and one for the newest is not.
 */
static void queue_release(struct queue *queue, int64_t now)
{
  uint32_t last_id = 0;
  bool has_accepted = false;
  for (; queue->head != queue->tail; queue->head++) {
    const struct held_packet *packet = &queue->ring[queue->head % RING_SIZE];
    if (packet->due_ns > now + EARLY_NS) break;
    if (!packet->is_lost) {
      last_id = packet->id;
      has_accepted = true;
      continue;
    }
    if (has_accepted) queue_answer(queue, NFQNL_MSG_VERDICT_BATCH, NF_ACCEPT, last_id);
    has_accepted = false;
    queue_answer(queue, NFQNL_MSG_VERDICT, NF_DROP, packet->id);
  }
  if (has_accepted) queue_answer(queue, NFQNL_MSG_VERDICT_BATCH, NF_ACCEPT, last_id);
}

static void queue_hold(struct queue *queue, uint32_t id, int64_t now)
{
  if (queue->tail - queue->head == RING_SIZE) {
    queue_answer(queue, NFQNL_MSG_VERDICT, NF_DROP, id);
    return;
  }
  int64_t due_ns = now + queue->delay_ns;
  if (due_ns < queue->last_due_ns) due_ns = queue->last_due_ns;
  queue->last_due_ns = due_ns;
  queue->ring[queue->tail++ % RING_SIZE] =
      (struct held_packet){.due_ns = due_ns, .id = id, .is_lost = random_ppm() < queue->loss_ppm};
}

/* Packet id of a notice; false for anything else. */
static bool notice_packet_id(const struct nlmsghdr *header, uint32_t *id)
{
  if (header->nlmsg_type != ((NFNL_SUBSYS_QUEUE << 8) | NFQNL_MSG_PACKET)) return false;
  uint32_t offset = NLMSG_LENGTH(sizeof(struct nfgenmsg));
  while (offset + NLA_HDRLEN <= header->nlmsg_len) {
    const struct nlattr *attribute = (const struct nlattr *)((const char *)header + offset);
    if (attribute->nla_len < NLA_HDRLEN || offset + attribute->nla_len > header->nlmsg_len) return false;
    if ((attribute->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
      struct nfqnl_msg_packet_hdr packet;
      memcpy(&packet, (const char *)attribute + NLA_HDRLEN, sizeof packet);
      *id = ntohl(packet.packet_id);
      return true;
    }
    offset += NLA_ALIGN(attribute->nla_len);
  }
  return false;
}

static void queue_receive(struct queue *queue)
{
  static char buffers[NOTICES_PER_READ][NOTICE_BYTES] __attribute__((aligned(8)));
  struct iovec vectors[NOTICES_PER_READ];
  struct mmsghdr notices[NOTICES_PER_READ];
  memset(notices, 0, sizeof notices);
  for (int i = 0; i < NOTICES_PER_READ; i++) {
    vectors[i] = (struct iovec){.iov_base = buffers[i], .iov_len = NOTICE_BYTES};
    notices[i].msg_hdr.msg_iov = &vectors[i];
    notices[i].msg_hdr.msg_iovlen = 1;
  }
  int count = recvmmsg(queue->fd, notices, NOTICES_PER_READ, MSG_DONTWAIT, NULL);
  int64_t now = now_ns();
  for (int i = 0; i < count; i++) {
    const struct nlmsghdr *header = (const struct nlmsghdr *)buffers[i];
    uint32_t id;
    if (NLMSG_OK(header, notices[i].msg_len) && notice_packet_id(header, &id)) queue_hold(queue, id, now);
  }
}

static void command_apply(const char *line)
{
  int number;
  long long delay_us;
  unsigned int loss_ppm;
  if (sscanf(line, "%d %lld %u", &number, &delay_us, &loss_ppm) != 3 || delay_us < 0 || loss_ppm > LOSS_ALL_PPM) {
    printf("bad: %s\n", line);
    return;
  }
  for (int i = 0; i < queue_count; i++) {
    if (queues[i].number != number) continue;
    int result = queue_set(&queues[i], delay_us * 1000, loss_ppm);
    if (result < 0) printf("bad: %s\n", strerror(-result));
    else printf("ok\n");
    return;
  }
  printf("bad: no queue %d\n", number);
}

/* Apply the whole lines on stdin; false at its end. */
static bool commands_read(void)
{
  static char text[4096];
  static size_t used;
  ssize_t length = read(STDIN_FILENO, text + used, sizeof text - 1 - used);
  if (length <= 0) return length < 0 && errno == EINTR;
  used += (size_t)length;
  text[used] = '\0';
  char *line = text;
  for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    *end = '\0';
    command_apply(line);
  }
  used = (size_t)(text + used - line);
  memmove(text, line, used);
  return used < sizeof text - 1;
}

static int fail(const char *what, int error)
{
  fprintf(stderr, "linkdelay: %s: %s\n", what, strerror(error));
  return 1;
}

int main(int argument_count, char **arguments)
{
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1000);
  /* A delay line that waits for the processor is a longer link: go first. Without the right to, go on. */
  struct sched_param priority = {.sched_priority = 10};
  (void)!sched_setscheduler(0, SCHED_FIFO, &priority);
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argument_count < 2 || argument_count - 1 > MAX_QUEUES) return fail("give 1 to 8 queue numbers", EINVAL);
  if (getrandom(&random_state, sizeof random_state, 0) != sizeof random_state) return fail("getrandom", errno);
  random_state |= 1;

  struct pollfd polls[MAX_QUEUES + 1];
  for (queue_count = 0; queue_count < argument_count - 1; queue_count++) {
    struct queue *queue = &queues[queue_count];
    queue->number = atoi(arguments[queue_count + 1]);
    int result = queue_open(queue);
    if (result < 0) return fail("cannot bind a netfilter queue", -result);
    polls[queue_count] = (struct pollfd){.fd = queue->fd, .events = POLLIN};
  }
  polls[queue_count] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
  printf("ready\n");

  for (;;) {
    int64_t now = now_ns(), next_ns = INT64_MAX;
    for (int i = 0; i < queue_count; i++) {
      struct queue *queue = &queues[i];
      queue_release(queue, now);
      if (queue->head == queue->tail) continue;
      int64_t due_ns = queue->ring[queue->head % RING_SIZE].due_ns;
      if (due_ns < next_ns) next_ns = due_ns;
    }
    int64_t wait_ns = next_ns == INT64_MAX ? 0 : next_ns - now_ns();
    if (wait_ns < 0) wait_ns = 0;
    struct timespec wait = {.tv_sec = wait_ns / 1000000000, .tv_nsec = wait_ns % 1000000000};
    int ready = ppoll(polls, (nfds_t)queue_count + 1, next_ns == INT64_MAX ? NULL : &wait, NULL);
    if (ready < 0 && errno != EINTR) return fail("poll", errno);
    if (ready <= 0) continue;
    for (int i = 0; i < queue_count; i++)
      if (polls[i].revents) queue_receive(&queues[i]);
    if (polls[queue_count].revents && !commands_read()) return 0;
  }
}
