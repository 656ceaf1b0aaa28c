// AWS::LanguageExtensions: unrolls every Fn::ForEach, makes strings of the functions in
// DeletionPolicy and UpdateReplacePolicy, and evaluates Fn::Length, Fn::ToJsonString and the wider
// Fn::FindInMap where the parameters are all they need. Pure.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
#pragma once

#include <string>

#include "templates/resolve.hpp"

namespace templates {

// The processed template (what GetTemplate gives for TemplateStage=Processed), read and checked
// anew; every problem stands on the line of the original that it comes from. Scope::source is the
// template as written, Scope::values its parameters and pseudo parameters. Problems of the
// transform itself read as CloudFormation's: "Transform AWS::LanguageExtensions failed with: ...".
// A function that needs a resource stays as it is; resolve() knows it all the same.
Reading expanded(const Scope& scope, const TypeLookup& types);

}  // namespace templates
