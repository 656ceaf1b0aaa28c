// The encoded message of a refusal: what was asked, by whom, and which statements decided it. Only
// sts:DecodeAuthorizationMessage can read it.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/core/call.hpp"
#include "sim/iam/evaluate.hpp"

namespace sim::iam {

// The JSON text that DecodeAuthorizationMessage gives back.
std::string refusal_text(const Principal& principal, const Access& access, const Verdict& verdict,
                         const std::string& region);

// Opaque, the same for the same text and seed.
std::string encode_message(std::string_view text, std::uint64_t seed);
// Nothing when it is none of this account's.
std::optional<std::string> decode_message(std::string_view message, std::uint64_t seed);

}  // namespace sim::iam
