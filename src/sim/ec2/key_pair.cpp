// Key pairs: made here or imported. AWS keeps no private key; it is in the answer, once.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html
#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/keys.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

KeyPair* by_name(Estate& estate, const std::string& name) {
  for (auto& [id, pair] : estate.model.key_pairs) {
    if (pair.name == name) return &pair;
  }
  return nullptr;
}

Error unknown_name(const std::string& name) {
  return {"InvalidKeyPair.NotFound", fmt::format("The key pair '{}' does not exist", name)};
}

json::object view(const Estate&, const KeyPair& pair) {
  return {{"keyPairId", pair.id},
          {"keyName", pair.name},
          {"keyType", pair.type},
          {"keyFingerprint", pair.fingerprint},
          {"createTime", base::iso8601(pair.created)},
          {"tagSet", tag_set(pair.tags)}};
}

json::object view_with_key(const Estate& estate, const KeyPair& pair) {
  auto result = view(estate, pair);
  result["publicKey"] = pair.public_key;
  return result;
}

constexpr Field<KeyPair> fields[] = {
    {"key-pair-id", [](const Estate&, const KeyPair& k) -> Texts { return {k.id}; }},
    {"key-name", [](const Estate&, const KeyPair& k) -> Texts { return {k.name}; }},
    {"fingerprint", [](const Estate&, const KeyPair& k) -> Texts { return {k.fingerprint}; }},
};

std::string free_name(Estate& estate, const Call& call) {
  auto name = required(call.input, "KeyName");
  if (name.size() > 255) throw invalid_value("Key names have at most 255 characters.");
  if (by_name(estate, name)) {
    throw Error("InvalidKeyPair.Duplicate", fmt::format("The keypair '{}' already exists.", name));
  }
  return name;
}

KeyPair& keep(Estate& estate, const Call& call, KeyPair pair) {
  estate.stamp(pair, kind::key_pair, tags_for(call, kind::key_pair.type));
  const auto id = pair.id;
  return estate.model.key_pairs[id] = std::move(pair);
}

json::object create(Estate& estate, const Call& call) {
  KeyPair pair;
  pair.name = free_name(estate, call);
  pair.type = text(call.input, "KeyType");
  if (pair.type.empty()) pair.type = "rsa";
  const auto format = text(call.input, "KeyFormat");
  if (!format.empty() && format != "pem") {
    throw Error("UnsupportedOperation",
                fmt::format("The embedded EC2 has no key format {}.", format));
  }
  if (pair.type != "rsa" && pair.type != "ed25519") {
    throw invalid_value(fmt::format("Value ({}) for parameter keyType is invalid.", pair.type));
  }
  const auto key = pair.type == "rsa" ? new_rsa_key(estate.fate()) : new_ed25519_key(estate.fate());
  pair.fingerprint = key.fingerprint;
  pair.public_key = key.public_key;
  const auto& kept = keep(estate, call, std::move(pair));
  return {{"keyName", kept.name},
          {"keyPairId", kept.id},
          {"keyFingerprint", kept.fingerprint},
          {"keyMaterial", key.material},
          {"tagSet", tag_set(kept.tags)}};
}

json::object import(Estate& estate, const Call& call) {
  KeyPair pair;
  pair.name = free_name(estate, call);
  const auto key = read_public_key(required(call.input, "PublicKeyMaterial"));
  if (!key) throw Error("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  pair.type = key->type;
  pair.fingerprint = key->fingerprint;
  pair.public_key = key->public_key;
  const auto& kept = keep(estate, call, std::move(pair));
  return {{"keyName", kept.name},
          {"keyPairId", kept.id},
          {"keyFingerprint", kept.fingerprint},
          {"tagSet", tag_set(kept.tags)}};
}

// A pair that is not there is deleted successfully.
json::object remove(Estate& estate, const Call& call) {
  const auto id = text(call.input, "KeyPairId");
  const auto name = text(call.input, "KeyName");
  if (id.empty() && name.empty()) throw missing_parameter("KeyName");
  std::erase_if(estate.model.key_pairs, [&](const auto& entry) {
    return id.empty() ? entry.second.name == name : entry.first == id;
  });
  json::object output{{"return", true}};
  if (!id.empty()) output["keyPairId"] = id;
  return output;
}

json::object describe_pairs(Estate& estate, const Call& call) {
  const Description<KeyPair> description{
      "keySet", "KeyPairId", kind::key_pair,
      1000,     fields,      flag(call.input, "IncludePublicKey", false) ? view_with_key : view};
  Call by_id = call;
  auto ids = texts(call.input, "KeyPairId");
  for (const auto& name : texts(call.input, "KeyName")) {
    const auto* found = by_name(estate, name);
    if (!found || found->visible > estate.now()) throw unknown_name(name);
    ids.push_back(found->id);
  }
  by_id.input["KeyPairId"] = array_of(ids);
  return describe(estate, by_id, estate.model.key_pairs, description);
}

std::vector<Access> fresh_pair(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .fresh(kind::key_pair.type, {{"ec2:KeyPairName", text(call.input, "KeyName")}});
}

std::vector<Access> on_pair(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  gate.on(text(call.input, "KeyPairId"));
  for (const auto& [id, pair] : estate.model.key_pairs) {
    if (pair.name == text(call.input, "KeyName")) gate.on(id);
  }
  return gate;
}

}  // namespace

void add_key_pair_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateKeyPair", "KeyName KeyType KeyFormat TagSpecification", create, fresh_pair},
       {"ImportKeyPair", "KeyName PublicKeyMaterial TagSpecification", import, fresh_pair},
       {"DeleteKeyPair", "KeyName KeyPairId", remove, on_pair},
       {"DescribeKeyPairs", "KeyName KeyPairId IncludePublicKey Filter", describe_pairs}});
}

}  // namespace sim::ec2
