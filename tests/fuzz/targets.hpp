// The fuzz targets: functions that read what strangers send. Each must come back from any input, in
// reasonable time and memory; one that throws has found a mistake.
#pragma once

#include <span>
#include <string_view>

namespace fuzz {

struct Target {
  std::string_view name;  // also of its folder in the corpus
  void (*run)(std::string_view input);
};

std::span<const Target> targets();

// Throws std::logic_error naming the property when it does not hold.
void require(bool holds, const char* property);

// Takes the first byte off as a choice among `count`; 0 for an empty input.
std::size_t choose(std::string_view& input, std::size_t count);

void run_answers(std::string_view input);
void run_http(std::string_view input);
void run_json(std::string_view input);
void run_policy(std::string_view input);
void run_s3(std::string_view input);
void run_template(std::string_view input);
void run_xml(std::string_view input);
void run_zip(std::string_view input);

}  // namespace fuzz
