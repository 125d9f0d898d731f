// A consumer of the installed package in C++: prints the version and whether memgov serves, after work that
// only its allocator sees.
#include <cstdio>
#include <memgov/memgov.hpp>
#include <memgov/pool_resource.hpp>
#include <string>
#include <thread>

int main() {
  memgov::pool_resource pool("consumer");
  std::pmr::string text(size_t{1} << 20, 'x', &pool);
  std::thread([&text] { std::pmr::string copy(text, std::pmr::new_delete_resource()); }).join();
  const memgov_stats_t stats = memgov::Stats();
  std::printf("%s serves=%d saw=%d\n", std::string(memgov::Version()).c_str(), memgov_available(),
              stats.allocated_bytes >= 2 * text.size());
}
