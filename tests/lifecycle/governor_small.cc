// A small single-threaded program gets no second thread.
#include "lifecycle/tasks.h"

int main() {
  for (int i = 0; i < 1000; ++i) free(malloc(1000));
  usleep(100000);
  CHECK_EQ(Tasks().size(), 1);
}
