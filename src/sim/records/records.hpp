// A service that keeps named things: it creates, shows, changes, tags and deletes them, and refuses
// what AWS refuses. Each type is one entry of a table; what a type does beyond that (what holds it,
// what it must not be) is a function beside its entry. Nothing here stores an item or encrypts a
// byte: an operation that would is NotImplemented.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"
#include "sim/records/grammar.hpp"
#include "sim/records/knobs.hpp"

namespace sim::records {

// What services of the query protocol call an input they do not take.
inline Error validation(const std::string& message) {
  return {"ValidationError", message};
}

struct Record {
  std::string id;  // a name, or what the service drew for it
  std::string arn;
  json::object members = {};  // as the API names and shows them
  json::object hidden = {};   // what Describe does not show: a secret's text, what it contains
  std::map<std::string, std::string> tags = {};
  base::Instant created{}, ready{};          // still being created until `ready`
  std::optional<base::Instant> leaves = {};  // set while it is being deleted
};

class Book;

// One type of thing. Actions that are empty do not exist; the patterns know {Member}, {id}, {arn},
// {account}, {region}, {partition}, {hex:N}, {upper:N} and {uuid}.
struct Type {
  std::string_view name;             // "topic": what references and Book::find call it
  std::string_view create = {};      // CreateTopic
  std::string_view describe = {};    // GetTopicAttributes
  std::string_view update = {};      // actions that merge what they are given into it
  std::string_view sets = {};        // "EnableKey=KeyState:Enabled,Enabled:true": what actions set
  std::string_view remove = {};      // DeleteTopic
  std::string_view members = {};     // what creation takes: grammar.hpp
  std::string_view later = {};       // what only updates take
  std::string_view identifier = {};  // the member that names one: its id or its ARN
  std::string_view many = {};        // the members of `describe` that list ids; empty: just one
  bool quiet = false;                // `describe` leaves out what it does not know
  std::string_view within = {};      // the member of `describe` that all it shows have in common
  std::string_view id = {};          // pattern
  std::string_view arn = {};         // pattern: whole, or what follows "arn:P:SERVICE:R:A:"
  std::string_view shows = {};       // derived members: "KeyId={id} Arn={arn}"
  std::string_view output = {}, list = {};  // around one in outputs; around many
  // What `create` returns, without `output` around it. Empty: everything; "-": nothing.
  std::string_view returns = {};
  std::string_view created = {};  // the member that shows when
  std::string_view state = {};    // "Status CREATING ACTIVE DELETING"
  std::string_view exists = {};   // "Code|Message {id}": refuses a second one of that name
  std::string_view missing = {};  // "Code|Message {id}"
  std::string_view absent = {};   // "vpc=Code subnet=Code": refuses dangling references
  bool put = false;               // `create` also replaces
  bool gone_is_fine = false;      // deleting what is not there succeeds
  Range creating = {}, deleting = {};
  // Of what a caller says (no ARN), the id that it means. Null: just that.
  std::function<std::string(const Book&, std::string_view given)> meant = {};
  // What other services know of the members: before `check`, may wait and refuse.
  Task<void> (*inquire)(Book&, const Call&, json::object& members) = nullptr;
  // Own refusals and derived members; `before` is null when it is being created.
  std::function<void(Book&, const Call&, const Record* before, Record&)> check = {};
  std::function<void(Book&, const Call&, const Record&)> check_removal = {};
  // It is about to exist (and may still be refused); it is gone; how it shows.
  std::function<void(Book&, Record&)> begun = {};
  std::function<void(Book&, Record&)> ended = {};
  std::function<void(Book&, const Record&, json::object& view)> view = {};
};

struct TagWords {
  std::string_view add = "TagResource", remove = "UntagResource", list = "ListTagsForResource";
  std::string_view arn = "ResourceArn", tags = "Tags";
  std::string_view keys = "TagKeys";  // of what is to be removed
  std::string_view key = "Key", value = "Value";
  bool as_map = false;
};

// What the service is called and how it words what every service refuses.
struct Words {
  std::string_view name;    // the signing name: "monitoring"
  std::string_view prefix;  // of its IAM actions: "cloudwatch"
  std::string_view invalid = "ValidationException";
  bool query = false;  // XML: every scalar is text, instants are ISO 8601
  std::optional<TagWords> tags = {};
};

class Book final : public Service {
 public:
  // `caller` must outlive this.
  Book(Context context, Caller& caller, Words words, std::vector<Type> types);

  std::string_view name() const override { return words_.name; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

  // For the functions beside the tables.
  using Shelf = std::map<std::string, Record>;
  Shelf& all(std::string_view type);
  // By id or ARN; null when there is none, or it is being deleted.
  Record* find(std::string_view type, std::string_view id_or_arn);
  // Throws the type's own refusal.
  Record& get(std::string_view type, const std::string& id_or_arn);
  json::object shown(std::string_view type, const Record& record);
  void erase(std::string_view type, const std::string& id, base::Duration after = {});
  // An operation of the service's own; `about` and `identifier` say what it is allowed on, by the
  // permission of its own name or `permission`.
  void add(std::string_view action, std::string_view about, std::string_view identifier,
           std::function<Task<json::object>(Call)> run, std::string_view permission = {});
  // As an AWS service, for what the caller need not be allowed.
  Task<json::object> ask(std::string service, std::string action, json::object input);
  // Another service of the same table of tables (all_books); it must be there.
  Book& other(std::string_view service) { return *siblings_.at(std::string(service)); }
  void meet(std::map<std::string, Book*> siblings) { siblings_ = std::move(siblings); }
  Error invalid(const std::string& message) const { return {std::string(words_.invalid), message}; }
  std::string arn(std::string_view rest) const;

  const Context& context() const { return context_; }
  base::Random& chance() { return random_; }

 private:
  struct Entry {
    Type type;
    std::vector<Member> members, later;
    Shelf shelf;
  };

  Entry& entry(std::string_view type);
  const Entry& entry(std::string_view type) const;
  void add_type(Entry& entry);
  void add_tagging(const TagWords& words);
  Task<json::object> create(Entry& entry, Call call);
  Task<json::object> change(Entry& entry, Call call);
  json::object describe(Entry& entry, const Call& call);
  json::object remove(Entry& entry, const Call& call);
  json::object set(Entry& entry, const Call& call, std::string_view pairs);
  // The given members, each what it must be. Throws.
  json::object taken(const Entry& entry, const Call& call, bool creating, Record& record) const;
  void take(const Member& member, const json::object& given, json::object& members,
            Record& record) const;
  Task<void> check_references(Entry& entry, const json::object& members);
  std::string value_of(std::string_view word, const Record& record);
  std::string named(const Entry& entry, const json::object& input) const;
  std::string id_of(const Entry& entry, std::string_view id_or_arn) const;
  Error refusal(std::string_view words, std::string_view id) const;
  json::object answer(const Entry& entry, const Record& record, std::string_view only);
  Access access(const Entry& entry, std::string_view action, std::string_view identifier,
                const Call& call) const;
  base::Duration draw(Range range);

  Context context_;
  Caller& caller_;
  Words words_;
  base::SeededRandom random_;
  std::deque<Entry> entries_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, Book*> siblings_;
};

// {"Key", "Value"} lists, with either case, and plain maps.
std::map<std::string, std::string> read_tags(const json::value& given);

// A member that is text or a whole number, as text; empty when it is absent.
std::string text_of(const json::object& members, std::string_view name);

// An operation that never waits, as a function of the book and the call.
template <class Function>
void add(Book& book, std::string_view action, std::string_view about, std::string_view identifier,
         Function run) {
  book.add(action, about, identifier,
           at_once([&book, run](const Call& call) { return run(book, call); }));
}

}  // namespace sim::records
