// What RunInstances needs of launch templates.
#pragma once

#include <string>

#include "sim/core/call.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The call with what its launch template says wherever the call itself says nothing. Throws the
// not-found errors of templates and versions, UnknownParameter for what RunInstances here lacks.
Call with_launch_template(const Estate& estate, const Call& call);

// The id of the template that the call names by id or by name; empty when it names none known.
std::string launch_template_of(const Estate& estate, const Call& call);

}  // namespace sim::ec2
