// Resource types that are written as the calls their handlers make. One type is one entry of a
// table; what a table cannot say is a function beside it.
//
//   properties   "TopicName* DisplayName Tags": `!` required, `*` a change means replacement
//   pairs        "Attributes.DisplayName=DisplayName TopicArn=@id": member of the call = source;
//                "Changes[].Action" is a member of the first of a list
//   sources      Property or Property.Member; absent ones are left out
//                @id, @name, @token  the physical id; the name, given or generated; the request's
//                @prepared           what `prepare` returned
//                @each, @each.Member what a step with `each` is at
//                @json:Property      as JSON text; @json:@each.Member too
//                @tags, @tagmap      the resource's tags and its stack's
//                @after:text         of the physical id, what follows the text
//                @from:text          of the physical id, the text and what follows it
//                @all:List.Member    that member of every one in a list
//                @wrap:Member:List   each text of a list as a structure with that member
//                @rules:Property     of a bucket's configuration, as S3's API has them
//                @acl:Property       "PublicRead" as "public-read"
//                @part:N:Property    the Nth part between bars
//                @old:source         of the properties before an update
//                %path, &path        of the creation's answer; of the last look's answer
//                'text               as it stands
//                #pattern            with {id} {name} {account} {region} {partition} {Property}
//                [source]            in a list of one
//   A pair without `=` takes the property of that name.
#pragma once

#include <string_view>
#include <vector>

#include "sim/cloudformation/handlers/handlers.hpp"

namespace sim::cloudformation {

struct Step {
  std::string_view action = {};
  std::string_view input = {};
  // Properties: the call is made when one of them is given (creation) or has changed (update).
  // "Enabled:false": and has this value; "Enabled:": and is given no more. Empty: always, and never
  // by an update.
  std::string_view when = {};
  // Made instead by an update after which none of them is given any more.
  std::string_view undo = {}, undo_input = {};
  std::string_view each = {};  // once for each in this list; "old:List" as it was before an update
  bool keep = false;           // its answer becomes the last look's
};

// What is asked until the resource has settled.
struct Look {
  std::string_view action = {}, input = {}, path = {}, good = {}, bad = {};
};

struct Tagging {
  std::string_view add = {}, remove = {};
  std::string_view who = {};                         // a pair: "ResourceArn=@id"
  std::string_view tags = "Tags", keys = "TagKeys";  // as in TagCalls
  bool as_map = false;
};

struct Calls {
  std::string_view type, service;
  std::string_view properties = {};
  std::string_view attributes = {};  // pairs: "Arn=%TopicArn"
  // The property that names it and how one is generated: "TopicName/256", "/32 short", "lower",
  // "logical" (without the stack's name).
  std::string_view name = {};
  // Succeeds when one of this name exists, with an answer at the path `when`; asked only for
  // names that the template gives.
  Step probe = {};
  Task<json::value> (*prepare)(Work&) = nullptr;  // before the creation
  Step create = {};
  std::string_view id = {};              // source; one of the last look's answer waits for it
  Task<void> (*begun)(Work&) = nullptr;  // it exists, and may not have settled
  std::vector<Step> more = {};           // after the creation, and by updates
  std::vector<Step> update = {};         // by updates only
  Look look = {};                        // until it is good
  bool look_after_removal = false;       // until it is gone
  std::vector<Step> unlink = {};         // before the removal
  Step remove = {};
  Task<void> (*removal)(Work&) = nullptr;  // instead of all that
  Tagging tagging = {};
  bool camel = false;                 // the API's names begin with a small letter
  std::string_view unsupported = {};  // properties AWS has, refused by name
  std::string_view frozen = {};       // properties whose change is refused by name
};

// Adds the types to the table of handlers. `types` must live as long as the program.
void add_calls(Handlers& table, const std::vector<Calls>& types);
// All types made of steps, by name; null for others.
const Calls* calls_of(std::string_view type);

// What a handler keeps with the attributes, under names that no attribute has. The answers of the
// creation and of the last look go when the attributes have been read; the name and what was
// prepared stay, since updates and the removal need them too.
inline constexpr std::string_view hidden_answer = " answer", hidden_look = " look",
                                  hidden_each = " each", hidden_name = " name",
                                  hidden_prepared = " prepared";

// sources.cpp
std::string name_of(const Work& work, const Calls& calls);  // given or generated
// The value of a source; null when it is absent.
json::value value_of(const Work& work, const Calls& calls, std::string_view source);
json::object input_of(const Work& work, const Calls& calls, std::string_view pairs);
Task<void> run(Work& work, const Calls& calls, const Step& step);
// "already exists", as CloudFormation itself says it.
Error already_exists(const Work& work, const std::string& id);

const std::vector<Calls>& balancing_calls();
const std::vector<Calls>& messaging_calls();
const std::vector<Calls>& monitoring_calls();
const std::vector<Calls>& secret_calls();
const std::vector<Calls>& storage_calls();
const std::vector<Calls>& naming_calls();
const std::vector<Calls>& people_calls();
const std::vector<Calls>& scaling_calls();
const std::vector<Calls>& lambda_calls();

}  // namespace sim::cloudformation
