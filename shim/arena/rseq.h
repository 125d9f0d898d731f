// Restartable sequences (Linux 4.18, rseq(2); registered by glibc from 2.35): a few instructions on a slot
// that run to their one committing store without this thread being preempted, migrated or interrupted by a
// signal in between, or start again. x86-64.
//
// The sequence reads the CPU's number (or the concurrency id), finds the slot in the table by it, and takes
// or leaves one block; the store of the new cursor commits. Whoever stops a slot puts `dead` in its table's
// place, a slot that never has a block nor room for one, and runs membarrier (PRIVATE_EXPEDITED_RSEQ) before
// it looks inside: after it no sequence is under way that has seen the old entry.
//
// The cursor is an address, not a count. The processor forwards the cursor from the store of a push to the
// load of the pop after it before it knows where either goes, and with the cursor the place of the block; a
// count would have to be added to the cell's address, which free finds out last: 1.6 against 7 ns for a pop
// and a push whose cell depends on the block (measured, docs/arena.md).
//
// Safety: any thread and signal handler; a thread without registration has a negative number and gets
// nothing. Not in a vfork child, which runs on its parent's thread area without being registered (slots.h).
#ifndef MEMGOV_SHIM_ARENA_RSEQ_H_
#define MEMGOV_SHIM_ARENA_RSEQ_H_

#include <stdint.h>

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define MEMGOV_HAS_RSEQ 1
#else
#define MEMGOV_HAS_RSEQ 0
#endif

namespace memgov::arena {

// Offsets from the thread pointer.
struct RseqArea {
  intptr_t area = 0;  // struct rseq
  intptr_t id = 0;    // the field of it that numbers the slots
};

constexpr uint32_t kMostIds = 1024;

#if MEMGOV_HAS_RSEQ

// The signature that glibc registers on x86 (RSEQ_SIG), as the operand of an undefined instruction before the
// abort's target; the tables are what debuggers step over sequences by.
#define MEMGOV_RSEQ_BEGIN                                                                   \
  ".pushsection __rseq_cs, \"aw?\"\n\t.balign 32\n1:\n\t.long 0, 0\n"                       \
  "\t.quad 2f, 3f - 2f, 4f\n\t.popsection\n"                                                \
  ".pushsection __rseq_cs_ptr_array, \"aw?\"\n\t.quad 1b\n\t.popsection\n"                  \
  ".pushsection __rseq_exit_point_array, \"aw?\"\n\t.quad 2f, %l[refused]\n\t.popsection\n" \
  "5:\n\tleaq 1b(%%rip), %[scratch]\n\tmovq %[scratch], %%fs:8(%[area])\n"                  \
  "2:\n\tmovl %%fs:(%[id]), %k[scratch]\n"                                                  \
  "\tcmpl %[most], %k[scratch]\n\tjae %l[refused]\n"                                        \
  "\tmovq (%[table],%[scratch],8), %[cell]\n\taddq %[offset], %[cell]\n"                    \
  "\tmovq (%[cell]), %[scratch]\n"
#define MEMGOV_RSEQ_END                                                                  \
  "3:\n"                                                                                 \
  ".pushsection __rseq_failure, \"ax?\"\n\t.byte 0x0f, 0xb9, 0x3d\n\t.long 0x53053053\n" \
  "4:\n\tjmp 5b\n\t.popsection\n"

// g++ 12 merges what follows the label of an asm goto that has outputs with the way past it, and loses the
// constant that is returned there.
#define MEMGOV_KEEP_THIS_PATH __asm__ volatile("")

// `offset`: where the class begins in a slot.
__attribute__((always_inline)) inline void* RseqPop(const void* table, uintptr_t offset, RseqArea where) {
  void* block;
  uintptr_t scratch;
  uintptr_t cell;
  __asm__ volatile goto(MEMGOV_RSEQ_BEGIN
                        "\tmovq -8(%[scratch]), %[block]\n\ttestq %[block], %[block]\n\tjz %l[refused]\n"
                        "\tsubq $8, %[scratch]\n\tmovq %[scratch], (%[cell])\n" MEMGOV_RSEQ_END
                        : [block] "=&r"(block), [scratch] "=&r"(scratch), [cell] "=&r"(cell)
                        : [table] "r"(table), [offset] "r"(offset), [area] "r"(where.area),
                          [id] "r"(where.id), [most] "i"(kMostIds)
                        : "memory", "cc"
                        : refused);
  if (block == nullptr) __builtin_unreachable();  // so that nobody tests for it
  return block;
refused:
  MEMGOV_KEEP_THIS_PATH;
  return nullptr;
}

__attribute__((always_inline)) inline bool RseqPush(const void* table, uintptr_t offset, void* block,
                                                    RseqArea where) {
  uintptr_t scratch;
  uintptr_t cell;
  __asm__ volatile goto(MEMGOV_RSEQ_BEGIN
                        "\tcmpq 8(%[cell]), %[scratch]\n\tjae %l[refused]\n"
                        "\tmovq %[block], (%[scratch])\n"
                        "\taddq $8, %[scratch]\n\tmovq %[scratch], (%[cell])\n" MEMGOV_RSEQ_END
                        : [scratch] "=&r"(scratch), [cell] "=&r"(cell)
                        : [block] "r"(block), [table] "r"(table), [offset] "r"(offset),
                          [area] "r"(where.area), [id] "r"(where.id), [most] "i"(kMostIds)
                        : "memory", "cc"
                        : refused);
  return true;
refused:
  MEMGOV_KEEP_THIS_PATH;
  return false;
}

#undef MEMGOV_RSEQ_BEGIN
#undef MEMGOV_RSEQ_END
#undef MEMGOV_KEEP_THIS_PATH

#endif  // MEMGOV_HAS_RSEQ

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_RSEQ_H_
