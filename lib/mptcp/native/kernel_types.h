/* What the programs for the kernel (*.bpf.c) share; bpf_helpers.h wants these names before it. */
#ifndef TWINPATH_KERNEL_TYPES_H
#define TWINPATH_KERNEL_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

/* Only the fields used are declared; their places are those of the running kernel (CO-RE). */
#define kernel_type __attribute__((preserve_access_index))
/* As congestion control begins by itself (RFC 6928). */
#define LEAST_WINDOW_SEGMENTS 10

#endif
