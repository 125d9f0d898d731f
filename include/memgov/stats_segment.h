/* stats_segment.h: the bytes that a governed process leaves in its runtime folder for others to read, as
 * <folder>/memgov-<uid>/<process id>.stats. Only for who reads that file; docs/segment.md explains it.
 *
 * The file describes itself: `names` says which figures follow, so that a reader of another version finds
 * those that it knows. Two copies of the figures are written in turn. How to read without a lock, though the
 * writer may stop or die at any instruction: read the whole file with pread (a file may be cut short at any
 * time; a mapping of it would end the reader), look at both copies, and take the one with the greater even
 * `sequence` whose `checksum` fits. One of them always does once a first copy was written; before that both
 * sequences are 0. All numbers are of the machine's own byte order.
 *
 * Who may write the file may write anything: check every offset against the file's size. */
#ifndef MEMGOV_STATS_SEGMENT_H_
#define MEMGOV_STATS_SEGMENT_H_

#include <stdint.h>

#define MEMGOV_SEGMENT_MAGIC 0x7374617473764f47ULL /* "GOvstats" */
#define MEMGOV_SEGMENT_VERSION 1u                  /* of this layout; another one is not readable */
#define MEMGOV_SEGMENT_MOST_BYTES (64u << 10)      /* no file is larger */
#define MEMGOV_SEGMENT_POOL_NAME_BYTES 32

/* At offset 0. Written once, before the file has its name. */
typedef struct memgov_segment_header_t {
  uint64_t magic;
  uint32_t version;
  uint32_t bytes;         /* of the whole file */
  uint64_t process;       /* id in the low half, low half of its start time (clock ticks since boot) above */
  uint64_t pid_namespace; /* inode; 0 unknown. Process ids mean something only inside */
  uint64_t started_s;     /* when the governor started: seconds since 1970, UTC */
  uint32_t governor_thread; /* its id; after an exec the process lives on without it */
  uint32_t names_offset;    /* of the text described below */
  uint32_t names_bytes;
  uint32_t value_count;      /* figures of the process */
  uint32_t pool_value_count; /* figures of each pool */
  uint32_t most_pools;       /* room for pools in each copy */
  uint32_t copy_offset[2];
  uint32_t copy_bytes;
  uint32_t reserved;
  char version_text[32]; /* "0.1.0 arena": version and engine */
  char command[64];      /* the first word of the command line, cut; NUL-terminated */
} memgov_segment_header_t;

/* Names: one line per figure, "<c|g> <n|b|s> name\n": counter or gauge; number, bytes (UINT64_MAX: unlimited)
 * or nanoseconds (of a metric whose name says seconds), and the name with its labels, as Prometheus has it.
 * First value_count lines, then pool_value_count. */

/* At copy_offset[i]; `copy_bytes` long: this, value_count figures, then most_pools pools. */
typedef struct memgov_segment_copy_t {
  uint64_t sequence;      /* odd while it is being written; the greater one is the newer */
  uint64_t checksum;      /* memgov_segment_checksum of what follows it */
  uint64_t wall_clock_ns; /* when the figures were taken: since 1970, UTC */
  uint64_t monotonic_ns;  /* CLOCK_MONOTONIC */
  uint64_t pool_count;
  uint64_t values[]; /* value_count; then pools of 32 bytes of name and pool_value_count figures each */
} memgov_segment_copy_t;

/* Over 64-bit words: FNV-1a's constants (http://www.isthe.com/chongo/tech/comp/fnv/), a word at a time. It
 * finds torn copies, not malice. */
static inline uint64_t memgov_segment_checksum(const uint64_t* words, uint64_t count) {
  uint64_t sum = 0xcbf29ce484222325ULL;
  for (uint64_t index = 0; index < count; ++index) sum = (sum ^ words[index]) * 0x100000001b3ULL;
  return sum;
}

#endif /* MEMGOV_STATS_SEGMENT_H_ */
