#include "sim/ssm/aws_documents.hpp"

namespace sim::ssm {

const std::vector<AwsDocument>& aws_documents() {
  static const std::vector<AwsDocument> documents{
      {.name = "AWS-ConfigureAWSPackage", .platforms = "Windows Linux MacOS", .content = R"({
  "schemaVersion": "2.2",
  "description": "Install or uninstall a Distributor package.",
  "parameters": {
    "action": {"type": "String", "description": "What to do with the package.",
      "allowedValues": ["Install", "Uninstall"]},
    "installationType": {"type": "String", "description": "How to replace an older version.",
      "default": "Uninstall and reinstall",
      "allowedValues": ["Uninstall and reinstall", "In-place update"]},
    "name": {"type": "String", "description": "The package."},
    "version": {"type": "String", "description": "Its version; the latest by default.",
      "default": ""},
    "additionalArguments": {"type": "String", "description": "Passed to the package's scripts.",
      "default": "{}"}
  },
  "mainSteps": [{"action": "aws:configurePackage", "name": "configurePackage", "inputs": {
    "name": "{{ name }}", "action": "{{ action }}", "version": "{{ version }}",
    "installationType": "{{ installationType }}",
    "additionalArguments": "{{ additionalArguments }}"}}]
})"},
      {.name = "AWS-GatherSoftwareInventory", .platforms = "Windows Linux MacOS", .content = R"({
  "schemaVersion": "2.0",
  "description": "Collect an inventory of software and settings.",
  "parameters": {
    "applications": {"type": "String", "description": "Applications.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]},
    "awsComponents": {"type": "String", "description": "AWS components.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]},
    "billingInfo": {"type": "String", "description": "Licences.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]},
    "customInventory": {"type": "String", "description": "Custom types.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]},
    "files": {"type": "String", "description": "Files, as JSON.", "default": ""},
    "instanceDetailedInformation": {"type": "String", "description": "The instance.",
      "default": "Enabled", "allowedValues": ["Enabled", "Disabled"]},
    "networkConfig": {"type": "String", "description": "Networks.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]},
    "services": {"type": "String", "description": "Windows services.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]},
    "windowsRegistry": {"type": "String", "description": "Registry keys, as JSON.",
      "default": ""},
    "windowsRoles": {"type": "String", "description": "Windows roles.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]},
    "windowsUpdates": {"type": "String", "description": "Windows updates.", "default": "Enabled",
      "allowedValues": ["Enabled", "Disabled"]}
  },
  "mainSteps": [{"action": "aws:softwareInventory", "name": "collectSoftwareInventoryItems",
    "inputs": {"applications": "{{ applications }}", "awsComponents": "{{ awsComponents }}",
      "billingInfo": "{{ billingInfo }}", "customInventory": "{{ customInventory }}",
      "files": "{{ files }}",
      "instanceDetailedInformation": "{{ instanceDetailedInformation }}",
      "networkConfig": "{{ networkConfig }}", "services": "{{ services }}",
      "windowsRegistry": "{{ windowsRegistry }}", "windowsRoles": "{{ windowsRoles }}",
      "windowsUpdates": "{{ windowsUpdates }}"}}]
})"},
      {.name = "AWS-RunShellScript", .platforms = "Linux MacOS", .content = R"({
  "schemaVersion": "1.2",
  "description": "Run a shell script or specify the commands to run.",
  "parameters": {
    "commands": {"type": "StringList", "description": "The commands to run."},
    "workingDirectory": {"type": "String", "description": "Where to run them.", "default": ""},
    "executionTimeout": {"type": "String", "description": "Seconds until they count as failed.",
      "default": "3600"}
  },
  "runtimeConfig": {"aws:runShellScript": {"properties": [{"id": "0.aws:runShellScript",
    "runCommand": "{{ commands }}", "workingDirectory": "{{ workingDirectory }}",
    "timeoutSeconds": "{{ executionTimeout }}"}]}}
})"},
      {.name = "AWS-UpdateSSMAgent", .platforms = "Windows Linux MacOS", .content = R"({
  "schemaVersion": "1.2",
  "description": "Update the SSM Agent to the latest version or to a given one.",
  "parameters": {
    "version": {"type": "String", "description": "The version; the latest by default.",
      "default": ""},
    "allowDowngrade": {"type": "String", "description": "Whether an older one may replace it.",
      "default": "false", "allowedValues": ["true", "false"]}
  },
  "runtimeConfig": {"aws:updateSsmAgent": {"properties": [{"agentName": "amazon-ssm-agent",
    "allowDowngrade": "{{ allowDowngrade }}", "targetVersion": "{{ version }}"}]}}
})"}};
  return documents;
}

}  // namespace sim::ssm
