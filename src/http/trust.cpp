#include "http/trust.hpp"

#include <fcntl.h>
#include <openssl/x509_vfy.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace http {

namespace {

// Lambda's own image first: this is where a cold start looks.
constexpr const char* known_bundles[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Amazon Linux, Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // where that link leads
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine, BSD
};

std::string read_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error("the CA bundle " + path + " cannot be opened");
  std::string text;
  const auto size = ::lseek(descriptor, 0, SEEK_END);
  if (size > 0 && ::lseek(descriptor, 0, SEEK_SET) == 0) {
    text.resize(static_cast<std::size_t>(size));
  }
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto count = ::read(descriptor, text.data() + filled, text.size() - filled);
    if (count <= 0) break;
    filled += static_cast<std::size_t>(count);
  }
  ::close(descriptor);
  text.resize(filled);
  return text;
}

constexpr std::array<int, 256> base64_values = [] {
  std::array<int, 256> values{};
  values.fill(-1);
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<int>(i);
  }
  return values;
}();

// Line breaks and padding are skipped. Lines hold whole groups of four, so nearly all of a
// certificate goes the short way: it is a third of the instructions of an index.
void decode_base64(std::string_view text, std::string& out) {
  out.resize_and_overwrite(text.size() / 4 * 3 + 3, [text](char* to, std::size_t) {
    const auto value_at = [text](std::size_t i) {
      return base64_values[static_cast<unsigned char>(text[i])];
    };
    char* const begin = to;
    std::uint32_t bits = 0;
    int count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (count == 0 && text.size() - i >= 4) {
        const int four =
            value_at(i) << 18 | value_at(i + 1) << 12 | value_at(i + 2) << 6 | value_at(i + 3);
        if (four >= 0) {
          *to++ = static_cast<char>(four >> 16);
          *to++ = static_cast<char>(four >> 8);
          *to++ = static_cast<char>(four);
          i += 3;
          continue;
        }
      }
      const int value = value_at(i);
      if (value < 0) continue;
      bits = bits << 6 | static_cast<std::uint32_t>(value);
      if (++count < 4) continue;
      *to++ = static_cast<char>(bits >> 16);
      *to++ = static_cast<char>(bits >> 8);
      *to++ = static_cast<char>(bits);
      count = 0;
    }
    if (count >= 2) *to++ = static_cast<char>(bits >> (count == 2 ? 4 : 10));
    if (count == 3) *to++ = static_cast<char>(bits >> 2);
    return static_cast<std::size_t>(to - begin);
  });
}

// One DER element: its tag, its content and all of it.
struct Element {
  unsigned char tag = 0;
  std::string_view content;
  std::string_view whole;
};

// Takes the first element off `rest`; nothing when it is cut short.
std::optional<Element> take(std::string_view& rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  if (rest.size() < 2) return std::nullopt;
  std::size_t header = 2;
  std::size_t size = byte(1);
  if (size >= 0x80) {
    const std::size_t digits = size & 0x7f;
    if (digits == 0 || digits > 4 || rest.size() < header + digits) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < digits; ++i) size = size << 8 | byte(header + i);
    header += digits;
  }
  if (rest.size() - header < size) return std::nullopt;
  const Element out{byte(0), rest.substr(header, size), rest.substr(0, header + size)};
  rest.remove_prefix(header + size);
  return out;
}

// As `take`, for an element whose end may lie beyond what has been decoded: its content so far.
std::string_view enter(std::string_view rest) {
  if (rest.size() < 2) return {};
  const auto first = static_cast<unsigned char>(rest[1]);
  const std::size_t header = first < 0x80 ? 2 : 2 + (first & 0x7fU);
  return rest.size() < header ? std::string_view() : rest.substr(header);
}

// Certificate ::= { tbs { [0] version, serial, algorithm, issuer, validity, subject, ... } ... }
// https://www.rfc-editor.org/rfc/rfc5280#section-4.1
std::optional<std::string_view> subject_of(std::string_view certificate) {
  auto rest = enter(enter(certificate));
  constexpr unsigned char version_tag = 0xa0;
  if (!rest.empty() && static_cast<unsigned char>(rest[0]) == version_tag) take(rest);
  for (int before = 0; before < 4; ++before) {
    if (!take(rest)) return std::nullopt;
  }
  const auto subject = take(rest);
  return subject ? std::optional(subject->whole) : std::nullopt;
}

void mix(std::uint64_t& hash, unsigned char byte) {
  hash = (hash ^ byte) * 0x100000001b3ULL;
}

// The same for names that RFC 5280 section 7.1 calls equal: string types, case and runs of spaces
// do not count. Different names may collide; OpenSSL compares what we find once more.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto sequence = take(name);
  auto sets = sequence ? sequence->content : std::string_view();
  while (const auto set = take(sets)) {
    auto attributes = set->content;
    while (const auto attribute = take(attributes)) {
      auto parts = attribute->content;
      const auto type = take(parts);
      const auto value = take(parts);
      if (!type || !value) break;
      for (const char c : type->content) mix(hash, static_cast<unsigned char>(c));
      for (const char c : value->content) {
        if (c == ' ') continue;
        mix(hash, static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
      }
      mix(hash, 0xff);
    }
  }
  return hash;
}

// X509_LOOKUP's question: a trusted certificate of this subject. All that match enter the store,
// since two roots may share a name and differ in their keys.
int by_subject(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name,
               X509_OBJECT* found) {
  if (type != X509_LU_X509) return 0;
  const auto* index = static_cast<const RootIndex*>(X509_LOOKUP_get_method_data(lookup));
  const unsigned char* der = nullptr;
  std::size_t size = 0;
  if (X509_NAME_get0_der(name, &der, &size) != 1) return 0;
  int result = 0;
  for (const auto& root : index->find({reinterpret_cast<const char*>(der), size})) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(root.data());
    X509* certificate = d2i_X509(nullptr, &bytes, static_cast<long>(root.size()));
    if (certificate == nullptr) continue;
    if (X509_NAME_cmp(X509_get_subject_name(certificate), name) == 0 &&
        X509_STORE_add_cert(X509_LOOKUP_get_store(lookup), certificate) == 1 && result == 0 &&
        X509_OBJECT_set1_X509(found, certificate) == 1) {
      // The caller takes its own reference: the one in `found` stands for the store's.
      X509_free(certificate);
      result = 1;
    }
    X509_free(certificate);
  }
  return result;
}

X509_LOOKUP_METHOD* lookup_method() {
  // Lives as long as the program, as OpenSSL's own methods do.
  static X509_LOOKUP_METHOD* const method = [] {
    auto* made = X509_LOOKUP_meth_new("roots of a bundle, decoded on demand");
    X509_LOOKUP_meth_set_get_by_subject(made, by_subject);
    return made;
  }();
  return method;
}

}  // namespace

TlsTrust tls_trust(std::string_view aws_ca_bundle, std::string_view ssl_cert_file) {
  if (!aws_ca_bundle.empty()) return {std::string(aws_ca_bundle)};
  if (!ssl_cert_file.empty()) return {std::string(ssl_cert_file)};
  for (const auto* path : known_bundles) {
    if (::access(path, R_OK) == 0) return {path};
  }
  return {known_bundles[0]};
}

RootIndex::RootIndex(const std::string& file) : text_(read_file(file)) {
  constexpr std::string_view begin_mark = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view end_mark = "-----END CERTIFICATE-----";
  // Where the subject ends is known only when we are there; this much is nearly always enough.
  constexpr std::size_t usual_prefix = 640;
  roots_.reserve(160);
  const std::string_view text = text_;
  std::string der;
  std::size_t position = 0;
  while ((position = text.find(begin_mark, position)) != std::string_view::npos) {
    position += begin_mark.size();
    const auto end = text.find(end_mark, position);
    if (end == std::string_view::npos) break;
    const auto body = text.substr(position, end - position);
    decode_base64(body.substr(0, usual_prefix), der);
    auto subject = subject_of(der);
    if (!subject) {
      decode_base64(body, der);
      subject = subject_of(der);
    }
    if (subject) {
      roots_.push_back({hash_of(*subject), static_cast<std::uint32_t>(position),
                        static_cast<std::uint32_t>(body.size())});
    }
    position = end + end_mark.size();
  }
  if (roots_.empty()) throw std::runtime_error("the CA bundle " + file + " holds no certificate");
}

std::vector<std::string> RootIndex::find(std::string_view subject) const {
  const auto wanted = hash_of(subject);
  std::vector<std::string> found;
  for (const auto& root : roots_) {
    if (root.subject != wanted) continue;
    decode_base64(std::string_view(text_).substr(root.begin, root.size), found.emplace_back());
  }
  return found;
}

void RootIndex::install(x509_store_st* store) const {
  auto* lookup = X509_STORE_add_lookup(store, lookup_method());
  if (lookup == nullptr) throw std::runtime_error("OpenSSL refused the trust store");
  // OpenSSL hands the pointer back as it got it; by_subject only reads through it.
  X509_LOOKUP_set_method_data(lookup, const_cast<RootIndex*>(this));
}

}  // namespace http
