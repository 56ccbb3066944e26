/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Congestion control for an instant: a socket that is handed to it has its congestion window set to the slow-start
 * threshold, and is handed on (pacing.bpf.c). What takes over begins with a window of that size instead of ten segments.
 * It takes all from the socket, so that whichever process registered it serves every other one.
 *
 * Source: net/ipv4/bpf_tcp_ca.c (what such a program may write), net/ipv4/tcp_bbr.c, bbr_init.
 */
#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "pacing.h"

struct sock {
  int unused;
} kernel_type;

struct tcp_sock {
  __u32 snd_cwnd, snd_ssthresh;
} kernel_type;

struct tcp_congestion_ops {
  __u32 (*ssthresh)(struct sock *socket);
  void (*cong_avoid)(struct sock *socket, __u32 ack, __u32 acked);
  __u32 (*undo_cwnd)(struct sock *socket);
  void (*init)(struct sock *socket);
  char name[16];
} kernel_type;

SEC("struct_ops")
void BPF_PROG(begin, struct sock *socket) {
  struct tcp_sock *tcp = (struct tcp_sock *)socket;
  tcp->snd_cwnd = tcp->snd_ssthresh;
}

/* The kernel wants these; no socket stays for long enough to need them. */
SEC("struct_ops")
__u32 BPF_PROG(least_window, struct sock *socket) { return LEAST_WINDOW_SEGMENTS; }

SEC("struct_ops")
__u32 BPF_PROG(undone_window, struct sock *socket) { return LEAST_WINDOW_SEGMENTS; }

SEC("struct_ops")
void BPF_PROG(stay, struct sock *socket, __u32 ack, __u32 acked) {}

SEC(".struct_ops")
struct tcp_congestion_ops starter = {
    .ssthresh = (void *)least_window,
    .cong_avoid = (void *)stay,
    .undo_cwnd = (void *)undone_window,
    .init = (void *)begin,
    .name = PACING_STARTER,
};

/* As pacing.bpf.c. */
char program_license[] SEC("license") = "Dual MIT/GPL";
