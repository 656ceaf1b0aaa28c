// Measures on one started function, each with fresh servers and a fresh process.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "certificate.hpp"
#include "throttle.hpp"

namespace bench {

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Subject {
  std::vector<std::string> command;
  std::vector<std::string> environment;  // besides what Lambda itself gives
};

// From just before the process is made to its request for the first event.
Milliseconds until_next(const Subject& subject);

// From the delivery of a first event that is no request of CloudFormation's to the report that says
// so: what the first exception of a process costs, TLS's set-up beside it.
Milliseconds until_report(const Subject& subject);

struct FirstCall {
  const Authority& authority;
  std::string bundle;                  // trusted roots, the authority among them
  const Throttle* throttle = nullptr;  // held from the first event on
};

// From the event's delivery to the arrival of the first signed request over TLS.
Milliseconds until_first_call(const Subject& subject, FirstCall setting);

// The least that takes: a bare OpenSSL client, its context ready, trusting the authority alone.
Milliseconds bare_first_call(FirstCall setting);

// The peak of resident memory over a whole strike, in bytes.
std::size_t strike_memory(const Subject& subject, FirstCall setting);

// The files opened before the first event is asked for, by strace.
std::vector<std::string> files_opened(const Subject& subject);

Milliseconds median(std::vector<Milliseconds> values);

}  // namespace bench
