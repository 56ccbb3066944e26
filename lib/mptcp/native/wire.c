#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "socket.h"

/* A batch buffer that grew beyond this is given back instead of kept. */
#define WIRE_KEEP_BYTES (256u << 10)

void wire_free(struct wire *wire) {
  free(wire->bytes);
  memset(wire, 0, sizeof *wire);
}

static uint8_t *wire_reserve(struct wire *wire, size_t length) {
  if (wire->is_broken) return NULL;
  if (wire->capacity - wire->length < length) {
    size_t capacity = wire->capacity ? wire->capacity : 1024;
    while (capacity - wire->length < length) capacity *= 2;
    uint8_t *bytes = realloc(wire->bytes, capacity);
    if (!bytes) {
      wire->is_broken = true;
      return NULL;
    }
    wire->bytes = bytes;
    wire->capacity = capacity;
  }
  uint8_t *at = wire->bytes + wire->length;
  wire->length += length;
  return at;
}

void wire_put_bytes(struct wire *wire, const void *bytes, size_t length) {
  uint8_t *at = wire_reserve(wire, length);
  if (at && length) memcpy(at, bytes, length);
}

static void wire_put_little_endian(struct wire *wire, uint64_t value, size_t size) {
  uint8_t *at = wire_reserve(wire, size);
  for (size_t i = 0; at && i < size; i++) at[i] = (uint8_t)(value >> (8 * i));
}

void wire_put_u8(struct wire *wire, uint8_t value) { wire_put_little_endian(wire, value, 1); }
void wire_put_u16(struct wire *wire, uint16_t value) { wire_put_little_endian(wire, value, 2); }
void wire_put_u32(struct wire *wire, uint32_t value) { wire_put_little_endian(wire, value, 4); }

void wire_put_number(struct wire *wire, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  wire_put_little_endian(wire, bits, sizeof bits);
}

void wire_put_data(struct wire *wire, const void *bytes, size_t length) {
  wire_put_u32(wire, (uint32_t)length);
  wire_put_bytes(wire, bytes, length);
}

void wire_put_address(struct wire *wire, const struct sockaddr_storage *address) {
  char text[INET6_ADDRSTRLEN] = "";
  uint16_t port = 0;
  socket_format_address(address, text, sizeof text, &port);
  size_t length = strlen(text);
  wire_put_u16(wire, port);
  wire_put_u8(wire, (uint8_t)length);
  wire_put_bytes(wire, text, length);
}

size_t wire_begin(struct wire *wire, enum wire_type type, uint8_t detail, uint64_t id) {
  size_t start = wire->length;
  wire_put_u32(wire, 0);
  wire_put_u8(wire, (uint8_t)type);
  wire_put_u8(wire, detail);
  wire_put_u16(wire, 0);
  wire_put_number(wire, (double)id);
  return start;
}

int wire_end(struct wire *wire, size_t start) {
  if (wire->is_broken) {
    wire->is_broken = false;
    wire->length = start;
    return -ENOMEM;
  }
  uint32_t length = (uint32_t)(wire->length - start);
  for (size_t i = 0; i < 4; i++) wire->bytes[start + i] = (uint8_t)(length >> (8 * i));
  return 0;
}

int wire_move(struct wire *to, struct wire *from) {
  if (from->length == 0) return 0;
  if (to->length == 0 && !to->is_broken) {
    struct wire empty = *to;
    *to = *from;
    *from = empty;
    from->length = 0;
    return 0;
  }
  wire_put_bytes(to, from->bytes, from->length);
  if (to->is_broken) {
    to->is_broken = false;
    return -ENOMEM;
  }
  from->length = 0;
  if (from->capacity > WIRE_KEEP_BYTES) wire_free(from);
  return 0;
}
