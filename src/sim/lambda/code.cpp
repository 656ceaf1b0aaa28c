// A function's package: where it comes from, and where it can be fetched again.
#include "sim/lambda/archive.hpp"
#include "sim/lambda/lambda.hpp"
#include "sim/s3/digest.hpp"

namespace sim::lambda {

namespace {

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: what comes in the
// request itself may have 50 MB.
constexpr std::size_t largest_upload = 52'428'800;

// How long the code of a function can be fetched from where GetFunction says it is.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html
constexpr base::Duration code_url_lifetime = std::chrono::minutes(10);

// Throws what Lambda says of a package that it cannot unpack.
void check_archive(std::string_view bytes) {
  try {
    read_archive(bytes);
  } catch (const ArchiveError& error) {
    throw Error("InvalidParameterValueException", error.what());
  }
}

}  // namespace

void Lambda::read_code(const Fields& code, Function& function) const {
  code.unsupported("functions", {"ImageUri", "S3ObjectVersion"});
  if (code.has("ZipFile")) {
    if (!s3::decode_base64(code.text("ZipFile"), function.code)) {
      throw Error("InvalidParameterValueException", not_a_zip("it is not base64").what());
    }
    if (function.code.size() > largest_upload) {
      throw Error(
          "RequestEntityTooLargeException",
          fmt::format("Request must be smaller than {} bytes for the operation", largest_upload),
          413);
    }
  } else if (code.has("S3Bucket")) {
    const auto bucket = code.required("S3Bucket");
    const auto object = s3_.get(bucket, code.required("S3Key"));
    if (!object) {
      const bool there = s3_.has_bucket(bucket);
      throw Error("InvalidParameterValueException",
                  fmt::format("Error occurred while GetObject. S3 Error Code: {}. S3 Error "
                              "Message: {}",
                              there ? "NoSuchKey" : "NoSuchBucket",
                              there ? "The specified key does not exist."
                                    : "The specified bucket does not exist"));
    }
    function.code = object->body;
  } else {
    throw Error("InvalidParameterValueException", "Please provide a source for function code.");
  }
  check_archive(function.code);
  function.code_sha256 = s3::base64(s3::sha256(function.code));
}

std::string Lambda::code_location(const Function& function) {
  std::string digest;
  s3::decode_base64(function.code_sha256, digest);
  return s3_.lend(
      fmt::format("awslambda-{}-tasks", context_.region),
      fmt::format("snapshots/{}/{}-{}", context_.account, function.name, s3::hex(digest)),
      function.code, code_url_lifetime);
}

}  // namespace sim::lambda
