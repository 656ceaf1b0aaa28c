#include "http/identity.hpp"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace http {

namespace {

// What browsers and Apple accept at most.
constexpr auto validity = std::chrono::days(397);
constexpr auto renewal = std::chrono::days(30);

struct Free {
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void require_made(bool success, const char* what) {
  if (success) return;
  ERR_clear_error();
  throw std::runtime_error(std::string("OpenSSL cannot make a certificate: ") + what);
}

struct Pair {
  Owned<X509> certificate;
  Owned<EVP_PKEY> key;
};

struct Extension {
  int nid;
  const char* value;
};

const std::vector<Extension> authority_extensions{
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign"},
    {NID_name_constraints,
     "critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0,"
     "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {NID_subject_key_identifier, "hash"},
};

const std::vector<Extension> server_extensions{
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
    {NID_subject_alt_name, "DNS:localhost,DNS:*.localhost,DNS:*.s3.localhost,IP:127.0.0.1,IP:::1"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};

std::time_t unix_time(base::Instant when) {
  return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

void set_time(ASN1_TIME* field, base::Instant when) {
  require_made(ASN1_TIME_set(field, unix_time(when)) != nullptr, "its dates");
}

// Signed by `issuer`, or by itself.
Pair make(const std::string& name, const std::vector<Extension>& extensions, const Pair* issuer,
          base::Instant now) {
  Pair out{Owned<X509>(X509_new()), Owned<EVP_PKEY>(EVP_EC_gen(std::string("P-256").data()))};
  auto* certificate = out.certificate.get();
  require_made(certificate != nullptr && out.key != nullptr, "its key");
  const auto* signer = issuer == nullptr ? &out : issuer;
  X509_set_version(certificate, X509_VERSION_3);
  const Owned<BIGNUM> serial(BN_new());
  require_made(BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                   BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr,
               "its serial number");
  // A clock that is a little behind must not refuse it.
  set_time(X509_getm_notBefore(certificate), now - std::chrono::hours(1));
  set_time(X509_getm_notAfter(certificate), now + validity);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(signer->certificate.get()));
  X509_set_pubkey(certificate, out.key.get());
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer->certificate.get(), certificate, nullptr, nullptr, 0);
  for (const auto& [nid, value] : extensions) {
    const Owned<X509_EXTENSION> extension(X509V3_EXT_nconf_nid(nullptr, &context, nid, value));
    require_made(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1,
                 value);
  }
  require_made(X509_sign(certificate, signer->key.get(), EVP_sha256()) > 0, "its signature");
  return out;
}

std::string text_of(BIO* memory) {
  std::string out(static_cast<std::size_t>(BIO_ctrl_pending(memory)), '\0');
  BIO_read(memory, out.data(), static_cast<int>(out.size()));
  return out;
}

std::string pem(X509* certificate) {
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), certificate);
  return text_of(memory.get());
}

std::string pem(EVP_PKEY* key) {
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(memory.get());
}

Owned<X509> certificate_in(const std::string& text) {
  const Owned<BIO> memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Owned<X509> certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A new file with this text, and no other that stands there under its name.
bool create(const std::string& path, const std::string& text, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const auto size = static_cast<::ssize_t>(text.size());
  const bool whole = ::write(file, text.data(), text.size()) == size && ::fchmod(file, mode) == 0;
  return ::close(file) == 0 && whole;
}

// All or nothing, also for whoever reads it at the same time.
void write(const std::string& path, const std::string& text, mode_t mode) {
  const auto draft = fmt::format("{}.{}", path, ::getpid());
  std::error_code error;
  std::filesystem::remove(draft, error);  // of a process of this number that was killed
  const bool made = create(draft, text, mode);
  if (made) std::filesystem::rename(draft, path, error);
  if (!made || error) {
    std::filesystem::remove(draft, error);
    throw std::runtime_error(path + ": cannot be written");
  }
}

// Whoever else can write there could give us a key that is theirs.
void make_own_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), error);
  if (error) throw std::runtime_error(folder + ": " + error.message());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw std::runtime_error(folder + ": " + std::generic_category().message(errno));
  }
  struct stat status{};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw std::runtime_error(folder + ": is no folder");
  }
  if (status.st_uid != ::geteuid()) {
    throw std::runtime_error(folder + ": belongs to another user, who could read what is sent");
  }
  if ((status.st_mode & 022U) != 0) {
    throw std::runtime_error(folder + ": others may write there; take that from them: chmod go-w");
  }
}

// Both files are there, belong together and stay valid for a while.
bool is_usable(const std::string& authority, const std::string& identity, base::Instant now) {
  const auto issuer = certificate_in(authority);
  const auto own = certificate_in(identity);
  if (!issuer || !own) return false;
  auto enough = unix_time(now + renewal);
  auto today = unix_time(now);
  if (X509_verify(own.get(), X509_get0_pubkey(issuer.get())) != 1 ||
      X509_cmp_time(X509_get0_notAfter(own.get()), &enough) != 1 ||
      X509_cmp_time(X509_get0_notBefore(own.get()), &today) != -1) {
    ERR_clear_error();
    return false;
  }
  try {
    TlsServerContext({identity, identity});
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

KeptIdentity kept_identity(const std::string& folder, base::Instant now) {
  const auto authority_file = folder + "/authority.pem";
  const auto identity_file = folder + "/identity.pem";
  make_own_folder(folder);
  auto identity = read(identity_file);
  if (!is_usable(read(authority_file), identity, now)) {
    // A name of its own for each: an older one that is still trusted must not be mistaken for it.
    const auto authority = make(fmt::format("falsework local, made {}", base::iso8601(now)),
                                authority_extensions, nullptr, now);
    const auto server = make("localhost", server_extensions, &authority, now);
    identity = pem(server.certificate.get()) + pem(server.key.get());
    write(authority_file, pem(authority.certificate.get()), 0644);
    write(identity_file, identity, 0600);
  }
  return {{identity, identity}, authority_file};
}

}  // namespace http
