#include "sim/records/services.hpp"

#include "sim/records/load_balancing.hpp"

namespace sim::records {

std::vector<BookPointer> all_books(const Context& context, Caller& caller, ec2::Ec2& ec2,
                                   Probe probe, const Knobs& knobs) {
  std::vector<BookPointer> books;
  books.push_back(load_balancing(context, caller, ec2, std::move(probe), knobs));
  books.push_back(cloudwatch(context, caller, knobs));
  books.push_back(events(context, caller));
  books.push_back(scheduler(context, caller));
  books.push_back(ecr(context, caller));
  books.push_back(secretsmanager(context, caller));
  books.push_back(kms(context, caller));
  books.push_back(acm(context, caller, knobs));
  books.push_back(dynamodb(context, caller, knobs));
  books.push_back(efs(context, caller, ec2, knobs));
  books.push_back(route53(context, caller));
  books.push_back(servicediscovery(context, caller, knobs));
  books.push_back(autoscaling(context, caller));
  std::map<std::string, Book*> siblings;
  for (const auto& book : books) siblings[std::string(book->name())] = book.get();
  for (const auto& book : books) book->meet(siblings);
  return books;
}

}  // namespace sim::records
