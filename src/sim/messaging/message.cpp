#include "sim/messaging/message.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/fields.hpp"
#include "sim/s3/digest.hpp"

namespace sim::messaging {

namespace {

bool is_number(std::string_view text) {
  const auto digits = [&] {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end;
  };
  const auto sign = [&] {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  };
  sign();
  auto count = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    count += digits();
  }
  if (count == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    sign();
    if (digits() == 0) return false;
  }
  return text.empty();
}

bool is_name(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !name.empty() && name.size() <= 256 &&
         name.find_first_not_of(allowed) == std::string_view::npos && !name.starts_with('.') &&
         !name.ends_with('.') && name.find("..") == std::string_view::npos;
}

Attribute read(const std::string& name, const json::value& given, const std::string& code) {
  const auto refuse = [&](const std::string& text) -> Error {
    return {code, fmt::format("The message attribute '{}' {}", name, text)};
  };
  if (!is_name(name)) {
    throw Error(code, fmt::format("The message attribute name '{}' is invalid. Attribute name can "
                                  "contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period "
                                  "(.) characters.",
                                  name));
  }
  if (!given.is_object()) throw refuse("must contain a non-empty message attribute value.");
  const Fields in(given.get_object());
  in.unsupported("message attributes", {"StringListValues", "BinaryListValues"});
  Attribute attribute{in.text("DataType"), {}};
  if (attribute.type.empty()) throw refuse("must contain a non-empty message attribute type.");
  const auto kind = attribute.type.substr(0, attribute.type.find('.'));
  if (kind != "String" && kind != "Number" && kind != "Binary") {
    throw refuse(
        "has an invalid message attribute type, the set of supported type prefixes is Binary, "
        "Number, and String.");
  }
  if (attribute.binary()) {
    if (!s3::decode_base64(in.text("BinaryValue"), attribute.value)) {
      throw refuse("contains an invalid binary value.");
    }
  } else {
    attribute.value = in.text("StringValue");
  }
  if (attribute.value.empty()) {
    throw refuse(
        fmt::format("must contain a non-empty message attribute value for message "
                    "attribute type '{}'.",
                    attribute.type));
  }
  if (kind == "Number" && !is_number(attribute.value)) {
    throw Error(code,
                fmt::format("Can't cast the value of message attribute '{}' to a number.", name));
  }
  if (!attribute.binary() && !is_sendable(attribute.value)) {
    throw refuse("contains an invalid character.");
  }
  return attribute;
}

}  // namespace

Attributes read_attributes(const json::object& given, const std::string& code) {
  Attributes attributes;
  for (const auto& one : given) {
    const std::string name = one.key();
    attributes[name] = read(name, one.value(), code);
  }
  return attributes;
}

json::object shown(const Attributes& attributes) {
  json::object all;
  for (const auto& [name, one] : attributes) {
    json::object view;
    if (one.binary()) {
      view["BinaryValue"] = s3::base64(one.value);
    } else {
      view["StringValue"] = one.value;
    }
    view["DataType"] = one.type;
    all[name] = std::move(view);
  }
  return all;
}

std::size_t size_of(const Attributes& attributes) {
  std::size_t size = 0;
  for (const auto& [name, one] : attributes) {
    size += name.size() + one.type.size() + one.value.size();
  }
  return size;
}

std::string digest(std::string_view text) {
  return s3::hex(s3::md5(text));
}

// Each part with its length in front; between type and value, how the value was transported.
std::string digest(const Attributes& attributes) {
  std::string bytes;
  const auto put = [&](std::string_view part) {
    bytes += s3::big_endian(part.size(), 4);
    bytes += part;
  };
  for (const auto& [name, one] : attributes) {
    put(name);
    put(one.type);
    bytes += one.binary() ? '\2' : '\1';
    put(one.value);
  }
  return digest(std::string_view(bytes));
}

bool is_sendable(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) {
                                return static_cast<unsigned char>(c) < 0x20 && c != '\t' &&
                                       c != '\n' && c != '\r';
                              }) &&
         text.find("\xEF\xBF\xBE") == std::string_view::npos &&
         text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

bool is_wanted(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view wanted) {
    if (wanted == "All" || wanted == ".*" || wanted == name) return true;
    if (!wanted.ends_with(".*")) return false;
    wanted.remove_suffix(2);
    return name.starts_with(wanted);
  });
}

}  // namespace sim::messaging
