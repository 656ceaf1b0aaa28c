// What Lambda writes and says around a function's own code: payloads, log lines, variables. Pure.
#pragma once

#include <map>
#include <string>

#include "base/random.hpp"
#include "sim/iam/iam.hpp"
#include "sim/lambda/environment.hpp"
#include "sim/lambda/function.hpp"

namespace sim::lambda {

std::string error_payload(std::string_view type, const std::string& message);

// "2026/11/25/[$LATEST]0123...": the name of a new environment's log stream.
std::string log_stream(base::Instant now, const std::string& version, base::Random& random);

// What the caller of a process learns that ended with this code (see Launcher::run).
Answer exit_answer(const std::string& request_id, int code);
// What the caller learns of a failed init phase. What Lambda itself finds wrong before there is a
// process names the request.
Answer init_answer(const std::string& request_id, const Answer& error);
// The lines in which Lambda logs what ended a process.
std::string error_line(const Answer& answer);

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
std::map<std::string, std::string> process_environment(const Function& function,
                                                       const std::string& stream,
                                                       const std::string& region,
                                                       const iam::Key& key);

}  // namespace sim::lambda
