// fake_environment.h: loads options from a made-up environment.
#ifndef MEMGOV_TESTS_UNIT_CONFIG_FAKE_ENVIRONMENT_H_
#define MEMGOV_TESTS_UNIT_CONFIG_FAKE_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "governor/config/options.h"

namespace memgov {

// What options::Load returns for these entries. Options keep pointers into them, as into the real
// environment: the entries must outlive the test.
inline int LoadFrom(std::vector<std::string>& entries) {
  std::vector<char*> environment;
  for (std::string& entry : entries) environment.push_back(entry.data());
  environment.push_back(nullptr);
  return options::Load(environment.data());
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_CONFIG_FAKE_ENVIRONMENT_H_
