#include "sim/iam/messages.hpp"

#include <openssl/evp.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <memory>

namespace sim::iam {

namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string digest(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string key_of(std::uint64_t seed) {
  return digest("authorization messages of " + std::to_string(seed));
}

// AES-256-GCM, the nonce drawn from the text: the same text gives the same message.
std::string sealed(std::string_view text, const std::string& key) {
  const auto nonce = digest(key + std::string(text)).substr(0, nonce_size);
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string out(text.size(), '\0');
  std::string tag(tag_size, '\0');
  int size = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce));
  EVP_EncryptUpdate(context.get(), bytes, &size, bytes_of(text), static_cast<int>(text.size()));
  EVP_EncryptFinal_ex(context.get(), bytes + size, &size);
  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag.data());
  return nonce + tag + out;
}

std::optional<std::string> opened(std::string_view message, const std::string& key) {
  if (message.size() < nonce_size + tag_size) return std::nullopt;
  const auto nonce = message.substr(0, nonce_size);
  std::string tag(message.substr(nonce_size, tag_size));
  const auto body = message.substr(nonce_size + tag_size);
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string out(body.size(), '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce));
  EVP_DecryptUpdate(context.get(), bytes, &size, bytes_of(body), static_cast<int>(body.size()));
  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data());
  if (EVP_DecryptFinal_ex(context.get(), bytes + size, &size) != 1) return std::nullopt;
  return out;
}

// Letters, digits, '-' and '_', as AWS's messages: RFC 4648, section 5, without padding.
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(std::string_view bytes) {
  std::string out;
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    buffer = ((buffer << 8U) | static_cast<unsigned char>(c)) & 0xFFFFFU;
    for (bits += 8; bits >= 6; bits -= 6) out += alphabet[(buffer >> (bits - 6U)) & 63U];
  }
  if (bits > 0) out += alphabet[(buffer << (6U - bits)) & 63U];
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    buffer = ((buffer << 6U) | static_cast<unsigned>(value)) & 0xFFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((buffer >> bits) & 0xFFU);
  }
  return out;
}

json::object items(json::array list) {
  return {{"items", std::move(list)}};
}

json::object condition(const std::string& key, const std::string& value) {
  return {{"key", key}, {"values", items({json::object{{"value", value}}})}};
}

json::array matched_statements(const Verdict& verdict) {
  json::array list;
  for (const auto& match : verdict.matched) {
    const auto& statement = match.policy->statements[match.statement];
    json::array actions;
    for (const auto& action : statement.actions) {
      actions.push_back(json::object{{"value", action}});
    }
    json::array resources;
    for (const auto& resource : statement.resources) {
      resources.push_back(json::object{{"value", resource}});
    }
    list.push_back(json::object{{"statementId", statement.sid},
                                {"effect", statement.allow ? "ALLOW" : "DENY"},
                                {"actions", items(std::move(actions))},
                                {"resources", items(std::move(resources))}});
  }
  return list;
}

}  // namespace

std::string refusal_text(const Principal& principal, const Access& access, const Verdict& verdict,
                         const std::string& region) {
  json::array conditions;
  conditions.push_back(condition("aws:Region", region));
  for (const auto& [key, value] : access.context) conditions.push_back(condition(key, value));
  const auto name = principal.arn.substr(principal.arn.rfind('/') + 1);
  const json::object text = {
      {"allowed", false},
      {"explicitDeny", verdict.decision == Decision::explicit_deny},
      {"matchedStatements", items(matched_statements(verdict))},
      {"failures", items({})},
      {"context", json::object{{"principal", json::object{{"id", principal.user_id},
                                                          {"name", name},
                                                          {"arn", principal.arn}}},
                               {"action", access.action},
                               {"resource", access.resource},
                               {"conditions", items(std::move(conditions))}}}};
  return json::serialize(text);
}

std::string encode_message(std::string_view text, std::uint64_t seed) {
  return base64url(sealed(text, key_of(seed)));
}

std::optional<std::string> decode_message(std::string_view message, std::uint64_t seed) {
  const auto bytes = from_base64url(message);
  return bytes ? opened(*bytes, key_of(seed)) : std::nullopt;
}

}  // namespace sim::iam
