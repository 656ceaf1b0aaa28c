// Fn::Cidr's arithmetic, for IPv4 and IPv6.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace templates {

// `count` (1..256) blocks of 2^bits addresses from the start of `block`. Nothing when the block is
// no CIDR or does not hold them. IPv4 without `bits` means 8, IPv6 means 64.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html
std::optional<std::vector<std::string>> cidr_blocks(std::string_view block, int count,
                                                    std::optional<int> bits);

}  // namespace templates
