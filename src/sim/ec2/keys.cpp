#include "sim/ec2/keys.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace sim::ec2 {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    free(thing);
  }
};

using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using Context = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

void check(bool fine) {
  if (!fine) throw std::logic_error("a key could not be made");
}

std::string random_bytes(base::Random& random, std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    const auto word = random.next();
    for (int shift = 0; shift < 64; shift += 8) {
      bytes.push_back(static_cast<char>(word >> shift & 255U));
    }
  }
  bytes.resize(count);
  return bytes;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                    reinterpret_cast<const unsigned char*>(bytes.data()),
                                    static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string digest(const EVP_MD* method, std::string_view bytes) {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  check(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(result.data()),
                   &size, method, nullptr) == 1);
  result.resize(size);
  return result;
}

std::string with_colons(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : ":", static_cast<unsigned char>(byte));
  }
  return text;
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr,
                                             nullptr) == 1);
  return contents(bio.get());
}

// The private key as PKCS#8, whose SHA-1 is the fingerprint of RSA keys that EC2 made.
std::string private_der(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  check(i2d_PKCS8PrivateKey_bio(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return contents(bio.get());
}

std::string public_der(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  check(i2d_PUBKEY_bio(bio.get(), key) == 1);
  return contents(bio.get());
}

// OpenSSH's wire form: a length in four bytes, then the bytes.
std::string field(std::string_view bytes) {
  std::string result;
  for (int shift = 24; shift >= 0; shift -= 8) {
    result.push_back(static_cast<char>((bytes.size() >> shift) & 255));
  }
  return result + std::string(bytes);
}

std::string number_field(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  // Positive: a set top bit takes a zero byte before it.
  if (!bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 128U) != 0) {
    bytes.insert(bytes.begin(), '\0');
  }
  return field(bytes);
}

Number prime(base::Random& random, const BIGNUM* exponent, BN_CTX* context) {
  const auto bytes = random_bytes(random, 128);
  Number candidate(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), 128, nullptr));
  for (const int bit : {0, 1022, 1023}) BN_set_bit(candidate.get(), bit);
  for (int step = 0; step < 100000; ++step, BN_add_word(candidate.get(), 2)) {
    // p - 1 must have no factor in common with the (prime) exponent.
    if (BN_mod_word(candidate.get(), BN_get_word(exponent)) == 1) continue;
    if (BN_check_prime(candidate.get(), context, nullptr) == 1) return candidate;
  }
  throw std::logic_error("no prime in sight");
}

Number made(BIGNUM* number) {
  check(number != nullptr);
  return Number(number);
}

struct RsaNumbers {
  Number n, e, d, p, q, dp, dq, qi;
};

RsaNumbers rsa_numbers(base::Random& random) {
  const Context context(BN_CTX_new());
  auto* work = context.get();
  RsaNumbers key;
  key.e = made(BN_new());
  BN_set_word(key.e.get(), 65537);
  key.p = prime(random, key.e.get(), work);
  key.q = prime(random, key.e.get(), work);
  if (BN_cmp(key.p.get(), key.q.get()) < 0) std::swap(key.p, key.q);
  const auto p1 = made(BN_dup(key.p.get()));
  const auto q1 = made(BN_dup(key.q.get()));
  BN_sub_word(p1.get(), 1);
  BN_sub_word(q1.get(), 1);
  const auto phi = made(BN_new());
  for (auto* number : {&key.n, &key.dp, &key.dq}) *number = made(BN_new());
  check(BN_mul(key.n.get(), key.p.get(), key.q.get(), work) == 1);
  check(BN_mul(phi.get(), p1.get(), q1.get(), work) == 1);
  key.d = made(BN_mod_inverse(nullptr, key.e.get(), phi.get(), work));
  check(BN_mod(key.dp.get(), key.d.get(), p1.get(), work) == 1);
  check(BN_mod(key.dq.get(), key.d.get(), q1.get(), work) == 1);
  key.qi = made(BN_mod_inverse(nullptr, key.q.get(), key.p.get(), work));
  return key;
}

// `selection`: EVP_PKEY_KEYPAIR or EVP_PKEY_PUBLIC_KEY. Null when the numbers are no key.
Pkey rsa_pkey(const std::vector<std::pair<const char*, const BIGNUM*>>& numbers, int selection) {
  const std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  for (const auto& [name, number] : numbers) {
    check(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1);
  }
  const std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>> parameters(
      OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  check(EVP_PKEY_fromdata_init(context.get()) == 1);
  if (EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) return nullptr;
  return Pkey(key);
}

std::string line(std::string_view name, const std::string& blob) {
  return fmt::format("{} {}", name, base64(blob));
}

// The fingerprint of an Ed25519 key, as OpenSSH writes it but for the padding.
std::string sha256_of(const std::string& blob) {
  return base64(digest(EVP_sha256(), blob));
}

// The next field of OpenSSH's wire form; takes it off `blob`.
std::optional<std::string> take_field(std::string_view& blob) {
  if (blob.size() < 4) return std::nullopt;
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(blob[i]);
  if (blob.size() - 4 < size) return std::nullopt;
  std::string value(blob.substr(4, size));
  blob.remove_prefix(4 + size);
  return value;
}

Number number_of(const std::string& bytes) {
  return made(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                        static_cast<int>(bytes.size()), nullptr));
}

}  // namespace

Key new_rsa_key(base::Random& random) {
  const auto key = rsa_numbers(random);
  const auto pair = rsa_pkey({{OSSL_PKEY_PARAM_RSA_N, key.n.get()},
                              {OSSL_PKEY_PARAM_RSA_E, key.e.get()},
                              {OSSL_PKEY_PARAM_RSA_D, key.d.get()},
                              {OSSL_PKEY_PARAM_RSA_FACTOR1, key.p.get()},
                              {OSSL_PKEY_PARAM_RSA_FACTOR2, key.q.get()},
                              {OSSL_PKEY_PARAM_RSA_EXPONENT1, key.dp.get()},
                              {OSSL_PKEY_PARAM_RSA_EXPONENT2, key.dq.get()},
                              {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, key.qi.get()}},
                             EVP_PKEY_KEYPAIR);
  check(pair != nullptr);
  const auto blob = field("ssh-rsa") + number_field(key.e.get()) + number_field(key.n.get());
  return {.type = "rsa",
          .public_key = line("ssh-rsa", blob),
          .fingerprint = with_colons(digest(EVP_sha1(), private_der(pair.get()))),
          .material = pem(pair.get())};
}

Key new_ed25519_key(base::Random& random) {
  const auto seed = random_bytes(random, 32);
  const Pkey pair(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), 32));
  check(pair != nullptr);
  std::string point(32, '\0');
  std::size_t size = point.size();
  check(EVP_PKEY_get_raw_public_key(pair.get(), reinterpret_cast<unsigned char*>(point.data()),
                                    &size) == 1);
  const auto blob = field("ssh-ed25519") + field(point);
  const Bio bio(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey(bio.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
  return {.type = "ed25519",
          .public_key = line("ssh-ed25519", blob),
          .fingerprint = sha256_of(blob),
          .material = contents(bio.get())};
}

std::optional<Key> read_public_key(const std::string& material) {
  const auto text = from_base64(material);
  if (!text) return std::nullopt;
  const auto space = text->find(' ');
  const auto name = text->substr(0, space);
  if (space == std::string::npos || (name != "ssh-rsa" && name != "ssh-ed25519")) {
    return std::nullopt;
  }
  const auto end = text->find_first_of(" \n\r", space + 1);
  const auto blob = from_base64(text->substr(space + 1, end - space - 1));
  if (!blob) return std::nullopt;
  std::string_view rest = *blob;
  if (take_field(rest) != name) return std::nullopt;
  const auto first = take_field(rest);
  if (!first) return std::nullopt;
  if (name == "ssh-ed25519") {
    if (first->size() != 32 || !rest.empty()) return std::nullopt;
    return Key{.type = "ed25519", .public_key = *text, .fingerprint = sha256_of(*blob)};
  }
  const auto modulus = take_field(rest);
  if (!modulus || modulus->size() < 128) return std::nullopt;
  const auto e = number_of(*first);
  const auto n = number_of(*modulus);
  const auto key = rsa_pkey({{OSSL_PKEY_PARAM_RSA_N, n.get()}, {OSSL_PKEY_PARAM_RSA_E, e.get()}},
                            EVP_PKEY_PUBLIC_KEY);
  if (!key) return std::nullopt;
  return Key{.type = "rsa",
             .public_key = *text,
             .fingerprint = with_colons(digest(EVP_md5(), public_der(key.get())))};
}

}  // namespace sim::ec2
