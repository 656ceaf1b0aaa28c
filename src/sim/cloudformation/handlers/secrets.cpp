// Secrets, keys, certificates.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SecretsManager.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_KMS.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CertificateManager.html
#include <boost/json.hpp>

#include "sim/cloudformation/handlers/steps.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// A generated password, alone or as one member of a template of the user's.
Task<json::value> generate_secret(Work& work) {
  const auto* rules = find(work.properties, "GenerateSecretString");
  if (rules == nullptr) co_return json::value();
  if (work.has("SecretString")) {
    throw Failure("Only one of SecretString and GenerateSecretString can be given.");
  }
  json::object input;
  for (const auto& rule : rules->as_object()) {
    if (rule.key() == "SecretStringTemplate" || rule.key() == "GenerateStringKey") continue;
    input[rule.key()] = templates::text_of(rule.value());
  }
  const auto made = co_await work.call("secretsmanager", "GetRandomPassword", std::move(input));
  const std::string frame = at(*rules, "SecretStringTemplate");
  const std::string key = at(*rules, "GenerateStringKey");
  if (frame.empty() != key.empty()) {
    throw Failure("SecretStringTemplate and GenerateStringKey must be given together.");
  }
  if (frame.empty()) co_return made.at("RandomPassword");
  json::error_code bad;
  auto filled = json::parse(frame, bad);
  if (bad || !filled.is_object()) throw Failure("SecretStringTemplate must be a JSON object.");
  filled.get_object()[key] = made.at("RandomPassword");
  co_return json::value(json::serialize(filled));
}

// Where the template names the zone, the records that prove the domain are CloudFormation's work.
Task<void> prove_domain(Work& work) {
  const auto* options = find(work.properties, "DomainValidationOptions");
  if (options == nullptr || !options->is_array()) co_return;
  const auto seen = co_await work.call("acm", "DescribeCertificate", {{"CertificateArn", work.id}});
  for (const auto& option : options->get_array()) {
    const std::string zone = at(option, "HostedZoneId");
    if (zone.empty()) continue;
    for (const auto& wanted : find(seen, "Certificate.DomainValidationOptions")->as_array()) {
      if (at(wanted, "DomainName") != at(option, "DomainName")) continue;
      json::object set{
          {"Name", at(wanted, "ResourceRecord.Name")}, {"Type", "CNAME"}, {"TTL", 300}};
      set["ResourceRecords"] =
          json::array{json::object{{"Value", at(wanted, "ResourceRecord.Value")}}};
      json::object change{{"Action", "UPSERT"}};
      change["ResourceRecordSet"] = std::move(set);
      json::object batch;
      batch["Changes"] = json::array{std::move(change)};
      json::object input{{"HostedZoneId", zone}};
      input["ChangeBatch"] = std::move(batch);
      co_await work.call("route53", "ChangeResourceRecordSets", std::move(input));
    }
  }
}

}  // namespace

const std::vector<Calls>& secret_calls() {
  static const std::vector<Calls> types{
      {.type = "AWS::SecretsManager::Secret",
       .service = "secretsmanager",
       .properties = "Description GenerateSecretString KmsKeyId Name* SecretString Tags",
       .attributes = "Id=@id",
       .name = "Name/255 logical",
       .prepare = generate_secret,
       .create = {"CreateSecret",
                  "Name=@name Description KmsKeyId SecretString SecretString=@prepared "
                  "ClientRequestToken=@token Tags=@tags"},
       .id = "%ARN",
       .update = {{"UpdateSecret", "SecretId=@id Description KmsKeyId SecretString",
                   "Description KmsKeyId SecretString"}},
       // [I] At once: a stack can be made again under the same names.
       .remove = {"DeleteSecret", "SecretId=@id ForceDeleteWithoutRecovery='true"},
       .tagging = {.add = "TagResource", .remove = "UntagResource", .who = "SecretId=@id"},
       .unsupported = "ReplicaRegions Type",
       .frozen = "GenerateSecretString"},
      {.type = "AWS::KMS::Key",
       .service = "kms",
       .properties = "Description EnableKeyRotation Enabled KeyPolicy KeySpec KeyUsage MultiRegion "
                     "Origin PendingWindowInDays Tags",
       .attributes = "Arn=%KeyMetadata.Arn KeyId=@id",
       .create = {"CreateKey",
                  "Policy=@json:KeyPolicy Description KeySpec KeyUsage MultiRegion Origin "
                  "Tags=@tags"},
       .id = "%KeyMetadata.KeyId",
       .more = {{"EnableKeyRotation", "KeyId=@id", "EnableKeyRotation:true"},
                {"DisableKey", "KeyId=@id", "Enabled:false"}},
       .update = {{"DisableKeyRotation", "KeyId=@id", "EnableKeyRotation:false"},
                  {"DisableKeyRotation", "KeyId=@id", "EnableKeyRotation:"},
                  {"EnableKey", "KeyId=@id", "Enabled:true"},
                  {"EnableKey", "KeyId=@id", "Enabled:"},
                  {"PutKeyPolicy", "KeyId=@id Policy=@json:KeyPolicy", "KeyPolicy"},
                  {"UpdateKeyDescription", "KeyId=@id Description", "Description"}},
       .remove = {"ScheduleKeyDeletion", "KeyId=@id PendingWindowInDays"},
       .tagging = {.add = "TagResource", .remove = "UntagResource", .who = "KeyId=@id"},
       .unsupported = "BypassPolicyLockoutSafetyCheck RotationPeriodInDays",
       .frozen = "KeySpec KeyUsage MultiRegion Origin"},
      {.type = "AWS::KMS::Alias",
       .service = "kms",
       .properties = "AliasName!* TargetKeyId!",
       .create = {"CreateAlias", "AliasName TargetKeyId"},
       .id = "#{AliasName}",
       .update = {{"UpdateAlias", "AliasName TargetKeyId", "TargetKeyId"}},
       .remove = {"DeleteAlias", "AliasName=@id"}},
      {.type = "AWS::CertificateManager::Certificate",
       .service = "acm",
       .properties = "DomainName!* DomainValidationOptions* KeyAlgorithm* "
                     "SubjectAlternativeNames* Tags ValidationMethod",
       .attributes = "CertificateArn=@id",
       .create = {"RequestCertificate",
                  "DomainName KeyAlgorithm SubjectAlternativeNames ValidationMethod Tags=@tags"},
       .id = "%CertificateArn",
       .begun = prove_domain,
       .look = {"DescribeCertificate", "CertificateArn=@id", "Certificate.Status", "ISSUED",
                "FAILED"},
       .remove = {"DeleteCertificate", "CertificateArn=@id"},
       .tagging = {.add = "AddTagsToCertificate",
                   .remove = "RemoveTagsFromCertificate",
                   .who = "CertificateArn=@id",
                   .keys = "Tags"},
       .unsupported = "CertificateAuthorityArn CertificateExport "
                      "CertificateTransparencyLoggingPreference",
       .frozen = "ValidationMethod"}};
  return types;
}

}  // namespace sim::cloudformation
