// What instances are launched with and changed by: launch templates, key pairs, volumes,
// interfaces, attributes.
#include "sim/core/images.hpp"
#include "sim/ec2/fixture.hpp"
#include "sim/ec2/keys.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

std::string image_of(std::string_view architecture) {
  for (const auto& image : images()) {
    if (image.architecture == architecture) return image.id;
  }
  return "";
}

class Launches : public test::Fixture {
 protected:
  json::object wanted() {
    return {{"ImageId", image_of("arm64")},
            {"InstanceType", "t4g.nano"},
            {"MinCount", "1"},
            {"MaxCount", "1"},
            {"SubnetId", subnet}};
  }

  std::string run(json::object input) {
    return text("RunInstances", std::move(input), "/instancesSet/0/instanceId");
  }

  std::string seen(const std::string& id, const std::string& pointer) {
    return text("DescribeInstances", {{"InstanceId", json::array{id}}},
                "/reservationSet/0/instancesSet/0" + pointer);
  }

  std::string attribute(const std::string& id, const std::string& name) {
    return text("DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", name}},
                "/" + name + "/value");
  }

  static json::array list_of(json::object one) {
    json::array list;
    list.push_back(std::move(one));
    return list;
  }

  std::string volume_state(const std::string& id) {
    return text("DescribeVolumes", {{"VolumeId", json::array{id}}}, "/volumeSet/0/status");
  }

  json::object ids(const std::string& id) { return {{"InstanceId", json::array{id}}}; }
};

TEST_F(Launches, a_template_says_what_the_call_does_not) {
  json::object data{{"ImageId", image_of("arm64")}, {"InstanceType", "t4g.nano"}};
  data["NetworkInterface"] =
      list_of({{"DeviceIndex", "0"}, {"SubnetId", subnet}, {"AssociatePublicIpAddress", "true"}});
  json::object input{{"LaunchTemplateName", "bastion"}};
  input["LaunchTemplateData"] = data;
  const auto id = text("CreateLaunchTemplate", input, "/launchTemplate/launchTemplateId");
  json::object from{{"MinCount", "1"}, {"MaxCount", "1"}};
  from["LaunchTemplate"] = json::object{{"LaunchTemplateName", "bastion"}};
  const auto first = run(from);
  EXPECT_EQ(seen(first, "/instanceType"), "t4g.nano");
  EXPECT_NE(seen(first, "/ipAddress"), "");
  from["InstanceType"] = "t4g.micro";
  EXPECT_EQ(seen(run(from), "/instanceType"), "t4g.micro");
  from.erase("InstanceType");

  json::object version{{"LaunchTemplateId", id}, {"SourceVersion", "1"}};
  version["LaunchTemplateData"] = json::object{{"InstanceType", "t4g.small"}};
  EXPECT_EQ(text("CreateLaunchTemplateVersion", version, "/launchTemplateVersion/versionNumber"),
            "2");
  EXPECT_EQ(seen(run(from), "/instanceType"), "t4g.nano");  // the default is still the first
  from["LaunchTemplate"] = json::object{{"LaunchTemplateId", id}, {"Version", "$Latest"}};
  EXPECT_EQ(seen(run(from), "/instanceType"), "t4g.small");
  call("ModifyLaunchTemplate", {{"LaunchTemplateId", id}, {"SetDefaultVersion", "2"}});
  EXPECT_EQ(text("DescribeLaunchTemplateVersions",
                 {{"LaunchTemplateId", id}, {"LaunchTemplateVersion", json::array{"$Default"}}},
                 "/launchTemplateVersionSet/0/launchTemplateData/networkInterfaceSet/0/subnetId"),
            subnet);
}

TEST_F(Launches, templates_are_refused_as_ec2_does) {
  json::object input{{"LaunchTemplateName", "one"}};
  input["LaunchTemplateData"] = json::object{{"InstanceType", "t4g.nano"}};
  const auto id = text("CreateLaunchTemplate", input, "/launchTemplate/launchTemplateId");
  auto odd = input;
  odd["LaunchTemplateName"] = "a b";
  auto empty = input;
  empty["LaunchTemplateName"] = "two";
  empty.erase("LaunchTemplateData");
  auto unknown = empty;
  unknown["LaunchTemplateData"] = json::object{{"Colour", "red"}};
  auto from = wanted();
  from["LaunchTemplate"] = json::object{{"LaunchTemplateId", id}, {"Version", "7"}};
  auto from_nothing = wanted();
  from_nothing["LaunchTemplate"] = json::object{{"LaunchTemplateName", "nobody"}};
  expect_refused({
      {"the name is taken", "CreateLaunchTemplate", input,
       "InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use."},
      {"a bad name", "CreateLaunchTemplate", odd, "InvalidLaunchTemplateName.MalformedException"},
      {"no data", "CreateLaunchTemplate", empty, "MissingParameter"},
      {"data not understood", "CreateLaunchTemplate", unknown, "UnknownParameter"},
      {"no such version", "RunInstances", from, "InvalidLaunchTemplateId.VersionNotFound"},
      {"no such template", "RunInstances", from_nothing,
       "InvalidLaunchTemplateName.NotFoundException"},
  });
}

TEST_F(Launches, a_key_pair_is_made_once_and_named_by_instances) {
  auto input = wanted();
  input["KeyName"] = "mine";
  EXPECT_EQ(refusal("RunInstances", input), "InvalidKeyPair.NotFound");
  const auto made = call("CreateKeyPair", {{"KeyName", "mine"}});
  EXPECT_TRUE(std::string(made.at("keyMaterial").as_string())
                  .starts_with("-----BEGIN RSA PRIVATE KEY-----"));
  EXPECT_EQ(made.at("keyFingerprint").as_string().size(), 59U);  // SHA-1 with colons
  EXPECT_EQ(refusal("CreateKeyPair", {{"KeyName", "mine"}}), "InvalidKeyPair.Duplicate");
  EXPECT_EQ(seen(run(input), "/keyName"), "mine");
  EXPECT_EQ(text("DescribeKeyPairs", {{"KeyName", json::array{"mine"}}}, "/keySet/0/keyPairId"),
            made.at("keyPairId").as_string());
  EXPECT_EQ(refusal("DeleteKeyPair", {{"KeyName", "mine"}}), "");
  EXPECT_EQ(refusal("DeleteKeyPair", {{"KeyName", "mine"}}), "");  // nothing to delete is fine
  EXPECT_EQ(refusal("DescribeKeyPairs", {{"KeyName", json::array{"mine"}}}),
            "InvalidKeyPair.NotFound");
}

// The fingerprint that OpenSSH tells of the same key: ssh-keygen -lf.
TEST_F(Launches, an_imported_key_keeps_its_fingerprint) {
  // "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me"
  const auto material =
      "c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUFBQkFnTUVCUVlIQ0FrS0N3d05EZzhRRVJJVEZCVVdG"
      "eGdaR2hzY0hSNGYgbWU=";
  EXPECT_EQ(text("ImportKeyPair", {{"KeyName", "theirs"}, {"PublicKeyMaterial", material}},
                 "/keyFingerprint"),
            "ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA=");
  for (const auto* bad : {"", "bm90IGEga2V5", "!!!!", "c3NoLXJzYSBBQUFB"}) {
    const auto code = refusal("ImportKeyPair", {{"KeyName", "bad"}, {"PublicKeyMaterial", bad}});
    EXPECT_EQ(code, *bad ? "InvalidKey.Format" : "MissingParameter") << bad;
  }
}

TEST(Keys, the_same_chance_makes_the_same_key) {
  base::SeededRandom one(1);
  base::SeededRandom again(1);
  base::SeededRandom other(2);
  const auto first = new_rsa_key(one);
  EXPECT_EQ(first.material, new_rsa_key(again).material);
  EXPECT_NE(first.fingerprint, new_rsa_key(other).fingerprint);
}

TEST_F(Launches, an_instance_comes_with_its_volumes_and_takes_them_with_it) {
  auto input = wanted();
  json::object root{{"DeviceName", "/dev/xvda"}};
  root["Ebs"] = json::object{{"VolumeSize", "20"}, {"VolumeType", "gp2"}};
  json::object data{{"DeviceName", "/dev/sdf"}};
  data["Ebs"] = json::object{{"VolumeSize", "5"}, {"DeleteOnTermination", "false"}};
  auto mappings = list_of(std::move(root));
  mappings.push_back(std::move(data));
  input["BlockDeviceMapping"] = std::move(mappings);
  const auto id = run(input);
  const auto volumes =
      call("DescribeVolumes", {{"Filter", test::Cloud::filter("attachment.instance-id", id)}});
  ASSERT_EQ(volumes.at("volumeSet").as_array().size(), 2U);
  std::map<std::string, std::string> by_device;
  for (const auto& one : volumes.at("volumeSet").as_array()) {
    const std::string device(one.at("attachmentSet").at(0).at("device").as_string());
    by_device[device] = one.at("volumeId").as_string();
  }
  EXPECT_EQ(text("DescribeVolumes", {{"VolumeId", json::array{by_device["/dev/xvda"]}}},
                 "/volumeSet/0/size"),
            "20");
  wait(25s);
  call("TerminateInstances", ids(id));
  wait(62s);
  EXPECT_EQ(refusal("DescribeVolumes", {{"VolumeId", json::array{by_device["/dev/xvda"]}}}),
            "InvalidVolume.NotFound");
  EXPECT_EQ(volume_state(by_device["/dev/sdf"]), "available");
}

// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-lifecycle.html
TEST_F(Launches, a_volume_passes_all_its_states) {
  const auto instance = run(wanted());
  const auto zone = seen(instance, "/placement/availabilityZone");
  const auto id = text("CreateVolume", {{"AvailabilityZone", zone}, {"Size", "8"}}, "/volumeId");
  const json::object place{{"VolumeId", id}, {"InstanceId", instance}, {"Device", "/dev/sdf"}};
  EXPECT_EQ(volume_state(id), "creating");
  EXPECT_EQ(refusal("AttachVolume", place), "IncorrectState");
  wait(25s);
  EXPECT_EQ(volume_state(id), "available");
  EXPECT_EQ(refusal("DetachVolume", {{"VolumeId", id}}), "IncorrectState");
  EXPECT_EQ(text("AttachVolume", place, "/status"), "attaching");
  EXPECT_EQ(refusal("AttachVolume", place), "VolumeInUse");
  EXPECT_EQ(refusal("DeleteVolume", {{"VolumeId", id}}), "VolumeInUse");
  wait(5s);
  EXPECT_EQ(text("DetachVolume", {{"VolumeId", id}}, "/status"), "detaching");
  wait(10s);
  EXPECT_EQ(volume_state(id), "available");
  call("DeleteVolume", {{"VolumeId", id}});
  EXPECT_EQ(volume_state(id), "deleting");
  wait(5s);
  EXPECT_EQ(refusal("DeleteVolume", {{"VolumeId", id}}), "InvalidVolume.NotFound");
}

TEST_F(Launches, volumes_are_refused_as_ec2_does) {
  const auto create = "CreateVolume";
  const auto with = [&](const char* name, const char* value) {
    json::object input{{"AvailabilityZone", "ap-northeast-1a"}, {"Size", "8"}};
    input[name] = value;
    return input;
  };
  const auto instance = run(wanted());
  const auto root = text("DescribeVolumes", {}, "/volumeSet/0/volumeId");
  const auto away =
      text(create, {{"AvailabilityZone", "ap-northeast-1c"}, {"Size", "8"}}, "/volumeId");
  wait(25s);
  expect_refused({
      {"an unknown type", create, with("VolumeType", "gp9"), "UnknownVolumeType"},
      {"too large", create, with("Size", "20000"), "InvalidParameterValue"},
      {"too small for its type", create, with("VolumeType", "st1"), "InvalidParameterValue"},
      {"an unknown zone", create, with("AvailabilityZone", "ap-northeast-1z"),
       "InvalidZone.NotFound"},
      {"a snapshot", create, with("SnapshotId", "snap-1"), "UnknownParameter"},
      {"the root of a running instance",
       "DetachVolume",
       {{"VolumeId", root}},
       "OperationNotPermitted"},
      {"another zone",
       "AttachVolume",
       {{"VolumeId", away}, {"InstanceId", instance}, {"Device", "/dev/sdf"}},
       "InvalidVolume.ZoneMismatch"},
  });
}

TEST_F(Launches, an_interface_made_before_becomes_the_first_of_an_instance) {
  const auto interface = make_interface();
  auto input = wanted();
  input.erase("SubnetId");
  input["NetworkInterface"] = list_of({{"DeviceIndex", "0"}, {"NetworkInterfaceId", interface}});
  const auto id = run(input);
  EXPECT_EQ(seen(id, "/networkInterfaceSet/0/networkInterfaceId"), interface);
  EXPECT_EQ(refusal("RunInstances", input), "InvalidNetworkInterface.InUse");
  wait(25s);
  call("TerminateInstances", ids(id));
  wait(62s);
  // Not to be deleted with it unless asked.
  EXPECT_EQ(text("DescribeNetworkInterfaces", {{"NetworkInterfaceId", json::array{interface}}},
                 "/networkInterfaceSet/0/status"),
            "available");
}

TEST_F(Launches, attaching_an_interface_is_refused_as_ec2_does) {
  const auto id = run(wanted());
  const auto place = [&](const std::string& interface, const char* device) -> json::object {
    return {{"NetworkInterfaceId", interface}, {"InstanceId", id}, {"DeviceIndex", device}};
  };
  EXPECT_EQ(refusal("AttachNetworkInterface", place(make_interface(), "1")), "IncorrectState");
  wait(25s);
  const auto near = subnet;
  subnet = make_subnet("10.0.2.0/24", "ap-northeast-1c");
  const auto away = make_interface();
  subnet = near;
  const auto managed = ec2.create_managed_interface({.subnet = subnet, .owner_service = "ecs"});
  const auto attach = "AttachNetworkInterface";
  expect_refused({
      {"another zone", attach, place(away, "1"), "InvalidParameterCombination"},
      {"the index is taken", attach, place(make_interface(), "0"), "InvalidParameterValue"},
      {"a service's own", attach, place(managed, "1"), "OperationNotPermitted"},
  });
  call(attach, place(make_interface(), "1"));
  expect_refused({{"a third", attach, place(make_interface(), "2"), "AttachmentLimitExceeded"}});
}

TEST_F(Launches, attributes_are_read_and_changed_one_at_a_time) {
  const auto id = run(wanted());
  wait(25s);
  const auto set = [&](const char* name, const char* value) {
    json::object input{{"InstanceId", id}};
    input[name] = json::object{{"Value", value}};
    return refusal("ModifyInstanceAttribute", std::move(input));
  };
  EXPECT_EQ(set("InstanceType", "t4g.micro"), "IncorrectInstanceState");
  EXPECT_EQ(set("SourceDestCheck", "false"), "");
  EXPECT_EQ(attribute(id, "sourceDestCheck"), "false");
  EXPECT_EQ(set("DisableApiStop", "true"), "");
  EXPECT_EQ(refusal("StopInstances", ids(id)), "OperationNotPermitted");
  EXPECT_EQ(refusal("ModifyInstanceAttribute",
                    {{"InstanceId", id}, {"Attribute", "disableApiStop"}, {"Value", "false"}}),
            "");
  EXPECT_EQ(set("InstanceInitiatedShutdownBehavior", "sleep"), "InvalidParameterValue");
  call("StopInstances", ids(id));
  wait(60s);
  EXPECT_EQ(set("InstanceType", "t3.micro"), "InvalidParameterValue");  // another architecture
  EXPECT_EQ(set("InstanceType", "t4g.micro"), "");
  EXPECT_EQ(attribute(id, "instanceType"), "t4g.micro");
  json::object two{{"InstanceId", id}};
  two["DisableApiStop"] = json::object{{"Value", "true"}};
  two["EbsOptimized"] = json::object{{"Value", "true"}};
  EXPECT_EQ(refusal("ModifyInstanceAttribute", two), "InvalidParameterCombination");
  EXPECT_EQ(refusal("DescribeInstanceAttribute", {{"InstanceId", id}, {"Attribute", "colour"}}),
            "InvalidParameterValue");
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html
TEST_F(Launches, a_stopped_instance_loses_its_own_public_address_and_gets_another) {
  auto input = wanted();
  input.erase("SubnetId");
  input["NetworkInterface"] =
      list_of({{"DeviceIndex", "0"}, {"SubnetId", subnet}, {"AssociatePublicIpAddress", "true"}});
  const auto id = run(input);
  wait(25s);
  const auto before = seen(id, "/ipAddress");
  const auto inside = seen(id, "/privateIpAddress");
  call("StopInstances", ids(id));
  wait(60s);
  EXPECT_EQ(seen(id, "/ipAddress"), "");
  call("StartInstances", ids(id));
  wait(25s);
  EXPECT_NE(seen(id, "/ipAddress"), "");
  EXPECT_NE(seen(id, "/ipAddress"), before);
  EXPECT_EQ(seen(id, "/privateIpAddress"), inside);
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
TEST_F(Launches, credits_and_monitoring_are_read_back_as_they_were_set) {
  auto input = wanted();
  const auto usual = run(input);
  input["CreditSpecification"] = json::object{{"CpuCredits", "standard"}};
  input["Monitoring"] = json::object{{"Enabled", "true"}};
  const auto thrifty = run(input);
  const auto credits = [&](const std::string& id) {
    return text("DescribeInstanceCreditSpecifications", ids(id),
                "/instanceCreditSpecificationSet/0/cpuCredits");
  };
  EXPECT_EQ(credits(usual), "unlimited");
  EXPECT_EQ(credits(thrifty), "standard");
  EXPECT_EQ(seen(usual, "/monitoring/state"), "disabled");
  EXPECT_EQ(seen(thrifty, "/monitoring/state"), "enabled");
  json::object change;
  change["InstanceCreditSpecification"] =
      list_of({{"InstanceId", thrifty}, {"CpuCredits", "unlimited"}});
  call("ModifyInstanceCreditSpecification", change);
  EXPECT_EQ(credits(thrifty), "unlimited");
  call("UnmonitorInstances", ids(thrifty));
  EXPECT_EQ(seen(thrifty, "/monitoring/state"), "disabled");
}

TEST_F(Launches, pages_and_ids_do_not_go_together) {
  const auto id = run(wanted());
  struct Row {
    const char *action, *parameter;
    std::string id;
  };
  const Row rows[] = {
      {"DescribeInstances", "InstanceId", id},
      {"DescribeInstanceStatus", "InstanceId", id},
      {"DescribeVolumes", "VolumeId", text("DescribeVolumes", {}, "/volumeSet/0/volumeId")},
      {"DescribeNetworkInterfaces", "NetworkInterfaceId", make_interface()}};
  for (const auto& row : rows) {
    EXPECT_EQ(refusal(row.action, {{row.parameter, json::array{row.id}}, {"MaxResults", "5"}}),
              "InvalidParameterCombination")
        << row.action;
  }
}

}  // namespace
}  // namespace sim::ec2
