/*
 * A growing buffer of little-endian records: how events cross from the native threads to JavaScript.
 * The reader is ../decode-events.ts; both sides name the record types in the same order.
 */
#ifndef TWINPATH_WIRE_H
#define TWINPATH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum wire_type {
  WIRE_ACCEPTED = 1,
  WIRE_DATA,
  WIRE_END,
  WIRE_CONNECTED,
  WIRE_CONNECT_FAILED,
  WIRE_LIMIT,
  WIRE_CLOSED,
  WIRE_SAMPLED,
  WIRE_STOPPED,
  WIRE_PATHS,
};

struct wire {
  uint8_t *bytes;
  size_t length, capacity;
  /* Set when memory ran out: what was put since the last successful wire_end is dropped by the next one. */
  bool is_broken;
};

void wire_free(struct wire *wire);

/* Begin a record: length (patched by wire_end), type, a small number, two spare bytes, the connection id. */
size_t wire_begin(struct wire *wire, enum wire_type type, uint8_t detail, uint64_t id);
/* Close the record begun at `start`. Returns 0 or -ENOMEM (the record is then gone). */
int wire_end(struct wire *wire, size_t start);

void wire_put_u8(struct wire *wire, uint8_t value);
void wire_put_u16(struct wire *wire, uint16_t value);
void wire_put_u32(struct wire *wire, uint32_t value);
/* As an IEEE double, which holds integers up to 2^53 exactly and is what JavaScript counts in. */
void wire_put_number(struct wire *wire, double value);
void wire_put_bytes(struct wire *wire, const void *bytes, size_t length);
/* u32 length, then the bytes. */
void wire_put_data(struct wire *wire, const void *bytes, size_t length);
/* u16 port in host order, u8 text length, text; v4-mapped addresses are written as IPv4, unknown families as "". */
void wire_put_address(struct wire *wire, const struct sockaddr_storage *address);

/* Append all of `from` to `to` and empty `from` (its memory is kept or swapped). Returns 0 or -ENOMEM. */
int wire_move(struct wire *to, struct wire *from);

#endif
