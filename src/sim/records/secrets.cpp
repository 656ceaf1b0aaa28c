// Secrets Manager, KMS and Certificate Manager.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/
// https://docs.aws.amazon.com/kms/latest/APIReference/
// https://docs.aws.amazon.com/acm/latest/APIReference/
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/records/services.hpp"

namespace sim::records {

namespace {

// Secrets Manager ---------------------------------------------------------------------------------

void check_secret(Book& book, const Call&, const Record*, Record& secret) {
  if (secret.members.contains("SecretString")) {
    if (secret.hidden.contains("SecretString")) {
      // Copies: a new member may move the others.
      const json::value text = secret.hidden.at("SecretString"), id = secret.hidden.at("VersionId");
      secret.hidden["PreviousString"] = text;
      secret.hidden["PreviousId"] = id;
    }
    secret.hidden["SecretString"] = secret.members.at("SecretString");
    secret.hidden["VersionId"] = book.chance().uuid();
    secret.members.erase("SecretString");
  }
  secret.members.erase("ClientRequestToken");
}

// A version by its stage or its id; versions before the last two have no stage and are gone.
struct SecretVersion {
  const char *stage, *value, *id;
};
constexpr SecretVersion secret_versions[] = {{"AWSCURRENT", "SecretString", "VersionId"},
                                             {"AWSPREVIOUS", "PreviousString", "PreviousId"}};

const SecretVersion* find_secret_version(const Record& secret, const std::string& stage,
                                         const std::string& id) {
  for (const auto& one : secret_versions) {
    if (!secret.hidden.contains(one.value)) continue;
    const bool by_stage =
        stage.empty() ? !id.empty() || &one == secret_versions : stage == one.stage;
    if (by_stage && (id.empty() || secret.hidden.at(one.id) == json::value(id))) return &one;
  }
  return nullptr;
}

json::object secret_value(Book& book, const Call& call) {
  const Fields in(call.input, "InvalidParameterException");
  const auto& secret = book.get("secret", in.required("SecretId"));
  const auto stage = in.text("VersionStage"), id = in.text("VersionId");
  const auto* found = find_secret_version(secret, stage, id);
  if (found == nullptr) {
    throw Error("ResourceNotFoundException",
                fmt::format("Secrets Manager can't find the specified secret value for {}: {}",
                            id.empty() ? "staging label" : "VersionId",
                            !id.empty()     ? id
                            : stage.empty() ? "AWSCURRENT"
                                            : stage));
  }
  return {{"ARN", secret.arn},
          {"Name", secret.id},
          {"VersionId", secret.hidden.at(found->id)},
          {"SecretString", secret.hidden.at(found->value)},
          {"VersionStages", json::array{found->stage}},
          {"CreatedDate", epoch_seconds(secret.created)}};
}

// A secret is kept for 7 to 30 days, unless that is refused.
json::object delete_secret(Book& book, const Call& call) {
  const Fields in(call.input, "InvalidParameterException");
  const auto& secret = book.get("secret", in.required("SecretId"));
  const bool force = in.flag("ForceDeleteWithoutRecovery");
  const auto days = in.integer("RecoveryWindowInDays", 30);
  if (force && in.has("RecoveryWindowInDays")) {
    throw Error("InvalidParameterException",
                "You can't use ForceDeleteWithoutRecovery in conjunction with "
                "RecoveryWindowInDays.");
  }
  if (days < 7 || days > 30) {
    throw Error("InvalidParameterException",
                "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  json::object output{{"ARN", secret.arn}, {"Name", secret.id}};
  book.erase("secret", std::string(secret.id),
             force ? base::Duration::zero() : std::chrono::hours(24 * days));
  return output;
}

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
json::object random_password(Book& book, const Call& call) {
  const Fields in(call.input, "InvalidParameterException");
  const auto length = in.integer("PasswordLength", 32);
  if (length < 1 || length > 4096) {
    throw Error("InvalidParameterException", "The password length must be between 1 and 4096.");
  }
  std::string letters;
  const auto offer = [&](std::string_view excluded, std::string_view more) {
    if (!in.flag(excluded)) letters += more;
  };
  offer("ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz");
  offer("ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  offer("ExcludeNumbers", "0123456789");
  offer("ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
  if (in.flag("IncludeSpace")) letters += ' ';
  std::erase_if(letters,
                [excluded = in.text("ExcludeCharacters")](char c) { return excluded.contains(c); });
  if (letters.empty()) {
    throw Error("InvalidParameterException", "No character is left to make a password of.");
  }
  std::string password;
  for (std::int64_t i = 0; i < length; ++i) {
    const auto last = static_cast<std::int64_t>(letters.size()) - 1;
    password += letters[static_cast<std::size_t>(book.chance().integer(0, last))];
  }
  return {{"RandomPassword", password}};
}

// KMS ---------------------------------------------------------------------------------------------

void check_key(Book& book, const Call&, const Record* before, Record& key) {
  if (key.members.contains("Policy")) {
    json::error_code bad;
    if (!json::parse(text_of(key.members, "Policy"), bad).is_object() || bad) {
      throw Error("MalformedPolicyDocumentException",
                  "The request was rejected because the specified policy is not syntactically or "
                  "semantically correct.");
    }
    key.hidden["Policy"] = key.members.at("Policy");
    key.members.erase("Policy");
  }
  key.members.erase("BypassPolicyLockoutSafetyCheck");
  if (before != nullptr) return;
  key.members["Enabled"] = true;
  key.members["KeyManager"] = "CUSTOMER";
  if (!key.members.contains("KeySpec")) key.members["KeySpec"] = "SYMMETRIC_DEFAULT";
  if (!key.members.contains("KeyUsage")) key.members["KeyUsage"] = "ENCRYPT_DECRYPT";
  static_cast<void>(book);
}

// Keys wait for their deletion, and are seen meanwhile.
json::object schedule_deletion(Book& book, const Call& call) {
  const Fields in(call.input);
  auto& key = book.get("key", in.required("KeyId"));
  const auto days = in.integer("PendingWindowInDays", 30);
  if (days < 7 || days > 30) throw book.invalid("PendingWindowInDays must be between 7 and 30.");
  if (text_of(key.members, "KeyState") == "PendingDeletion") {
    throw Error("KMSInvalidStateException", fmt::format("{} is pending deletion.", key.arn));
  }
  key.members["KeyState"] = "PendingDeletion";
  key.members["Enabled"] = false;
  book.context().clock().call_at(book.context().now() + std::chrono::hours(24 * days),
                                 [&book, id = key.id] { book.erase("key", id); });
  return {{"KeyId", key.arn}, {"KeyState", "PendingDeletion"}};
}

void check_alias(Book& book, const Call&, const Record*, Record& alias) {
  if (!alias.id.starts_with("alias/"))
    throw book.invalid("Alias must start with the prefix \"alias/\".");
  if (alias.id.starts_with("alias/aws/")) {
    throw Error("NotAuthorizedException", "Aliases that begin with alias/aws/ are reserved.");
  }
  if (text_of(book.get("key", text_of(alias.members, "TargetKeyId")).members, "KeyState") ==
      "PendingDeletion") {
    throw Error("KMSInvalidStateException",
                fmt::format("{} is pending deletion.", text_of(alias.members, "TargetKeyId")));
  }
}

// Certificate Manager -----------------------------------------------------------------------------

void check_certificate(Book& book, const Call& call, const Record* before, Record& certificate) {
  if (before != nullptr) return;
  static_cast<void>(call);
  certificate.members["Status"] = "PENDING_VALIDATION";
  auto& names = certificate.members["SubjectAlternativeNames"];
  if (!names.is_array()) names = json::array();
  json::array validations;
  const auto domain = text_of(certificate.members, "DomainName");
  json::array all = names.get_array();
  if (std::ranges::find(all, json::value(domain)) == all.end()) all.emplace_back(domain);
  const auto method = text_of(certificate.members, "ValidationMethod");
  for (const auto& name : all) {
    std::string plain(name.as_string());
    if (plain.starts_with("*.")) plain = plain.substr(2);
    json::object one{{"DomainName", name}, {"ValidationMethod", method}};
    if (method == "DNS") {
      one["ResourceRecord"] = {
          {"Name", fmt::format("_{}.{}.", book.chance().hex(32), plain)},
          {"Type", "CNAME"},
          {"Value", fmt::format("_{}.acm-validations.aws.", book.chance().hex(32))}};
    }
    validations.push_back(std::move(one));
  }
  names = std::move(all);
  certificate.members["DomainValidationOptions"] = std::move(validations);
}

// Issued some minutes after every one of its records is in some zone; by mail, never.
json::object describe_certificate(Book& book, const Call& call, Range issues) {
  auto& certificate = book.get("certificate", Fields(call.input).required("CertificateArn"));
  const auto now = book.context().now();
  bool proven = true;
  for (const auto& one : certificate.members.at("DomainValidationOptions").as_array()) {
    const auto* record = one.as_object().if_contains("ResourceRecord");
    bool found = false;
    for (const auto& [key, known] : book.other("route53").all("record")) {
      found = found || (record != nullptr && known.members.at("Name") == record->at("Name") &&
                        known.members.at("Type") == "CNAME");
    }
    proven = proven && found;
  }
  if (proven && !certificate.hidden.contains("Issued")) {
    const auto wait = book.chance().uniform(base::seconds(issues.low), base::seconds(issues.high));
    certificate.hidden["Issued"] = true;
    certificate.ready = now + base::from_seconds(wait);
  }
  if (certificate.hidden.contains("Issued") && certificate.ready <= now) {
    certificate.members["Status"] = "ISSUED";
  }
  return {{"Certificate", book.shown("certificate", certificate)}};
}

}  // namespace

BookPointer secretsmanager(const Context& context, Caller& caller) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "secretsmanager",
            .prefix = "secretsmanager",
            .invalid = "InvalidParameterException",
            .tags = TagWords{.list = "", .arn = "SecretId"}},
      std::vector<Type>{
          {.name = "secret",
           .create = "CreateSecret",
           .describe = "DescribeSecret",
           .update = "UpdateSecret",
           .members = "Name! Description KmsKeyId SecretString ClientRequestToken Tags:tags",
           .identifier = "SecretId",
           .id = "{Name}",
           .arn = "secret:{Name}-{upper:6}",
           .shows = "ARN={arn}",
           .returns = "ARN Name",
           .created = "CreatedDate",
           .exists = "ResourceExistsException|The operation failed because the secret {id} already "
                     "exists.",
           .missing = "ResourceNotFoundException|Secrets Manager can't find the specified secret.",
           .check = check_secret}});
  add(*book, "GetSecretValue", "secret", "SecretId", secret_value);
  add(*book, "DeleteSecret", "secret", "SecretId", delete_secret);
  add(*book, "GetRandomPassword", "secret", "", random_password);
  return book;
}

BookPointer kms(const Context& context, Caller& caller) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "kms",
            .prefix = "kms",
            .tags = TagWords{.list = "ListResourceTags",
                             .arn = "KeyId",
                             .key = "TagKey",
                             .value = "TagValue"}},
      std::vector<Type>{
          {.name = "key",
           .create = "CreateKey",
           .describe = "DescribeKey",
           .update = "UpdateKeyDescription PutKeyPolicy",
           .sets = "EnableKey=KeyState:Enabled,Enabled:true "
                   "DisableKey=KeyState:Disabled,Enabled:false "
                   "EnableKeyRotation=KeyRotationEnabled:true "
                   "DisableKeyRotation=KeyRotationEnabled:false",
           .members = "Policy Description KeySpec "
                      "KeyUsage:SIGN_VERIFY|ENCRYPT_DECRYPT|GENERATE_VERIFY_MAC|KEY_AGREEMENT "
                      "MultiRegion:flag Origin:AWS_KMS Tags:tags",
           .later = "PolicyName:default",
           .identifier = "KeyId",
           .id = "{uuid}",
           .arn = "key/{id}",
           .shows = "KeyId={id} Arn={arn} KeyState=Enabled",
           .output = "KeyMetadata",
           .created = "CreationDate",
           .missing = "NotFoundException|Key '{id}' does not exist",
           .check = check_key},
          {.name = "alias",
           .create = "CreateAlias",
           .describe = "ListAliases",
           .update = "UpdateAlias",
           .remove = "DeleteAlias",
           .members = "AliasName! TargetKeyId!:@key",
           .identifier = "AliasName",
           .many = "-",
           .id = "{AliasName}",
           .arn = "{AliasName}",
           .shows = "AliasArn={arn}",
           .list = "Aliases",
           .returns = "-",
           .exists = "AlreadyExistsException|An alias with the name {id} already exists",
           .missing = "NotFoundException|Alias {id} is not found.",
           .check = check_alias}});
  add(*book, "ScheduleKeyDeletion", "key", "KeyId", schedule_deletion);
  return book;
}

BookPointer acm(const Context& context, Caller& caller, const Knobs& knobs) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "acm",
            .prefix = "acm",
            .tags = TagWords{.add = "AddTagsToCertificate",
                             .remove = "RemoveTagsFromCertificate",
                             .list = "ListTagsForCertificate",
                             .arn = "CertificateArn",
                             .keys = "Tags"}},
      std::vector<Type>{{.name = "certificate",
                         .create = "RequestCertificate",
                         .describe = "DescribeCertificate",
                         .remove = "DeleteCertificate",
                         .members =
                             "DomainName! ValidationMethod:DNS|EMAIL SubjectAlternativeNames:list "
                             "KeyAlgorithm Tags:tags",
                         .identifier = "CertificateArn",
                         .id = "{uuid}",
                         .arn = "certificate/{id}",
                         .shows = "CertificateArn={arn}",
                         .returns = "CertificateArn",
                         .created = "CreatedAt",
                         .missing = "ResourceNotFoundException|Could not find certificate {id}.",
                         .check = check_certificate}});
  add(*book, "DescribeCertificate", "certificate", "CertificateArn",
      [issues = knobs.certificate_issues](Book& self, const Call& call) {
        return describe_certificate(self, call, issues);
      });
  return book;
}

}  // namespace sim::records
