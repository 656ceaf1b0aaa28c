// The python3 of this machine that runs functions of the runtimes python3.*.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/runtime.hpp"

namespace process {

// boto3 obeys AWS_ENDPOINT_URL from 1.31 on; an older one would call AWS itself.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
struct Python {
  std::string interpreter;  // an absolute path
  std::string version;      // "3.11.7"
  std::string boto3;        // "1.43.11"
  std::string folder;       // where boto3 is imported from

  // What to execute for a function, given the path of its runtime.
  std::vector<std::string> arguments(const std::string& runtime) const;
};

// "1.31" <= "1.43.11", number by number.
bool at_least(std::string_view version, std::string_view least);

// Looks once, at the first question, and remembers.
class PythonFinder {
 public:
  // `named`: the one interpreter that may be used; empty: python3 of each folder of `search_path`.
  PythonFinder(base::Runtime& runtime, std::string named, std::string search_path)
      : runtime_(runtime), named_(std::move(named)), search_path_(std::move(search_path)) {}

  // Throws Refusal for `function_runtime` ("python3.12") when there is none: it says what was
  // found and what to install.
  base::Task<Python> find(std::string function_runtime);

 private:
  base::Task<void> look();
  base::Task<void> try_one(std::string interpreter);

  base::Runtime& runtime_;
  std::string named_, search_path_;
  std::optional<Python> found_;
  std::string rejected_;  // what was found and does not do, for the refusal
  bool looking_ = false, looked_ = false;
  base::Signal ended_;
};

// The text of the runtime loop, bootstrap.py.
std::string_view python_runtime();

}  // namespace process
