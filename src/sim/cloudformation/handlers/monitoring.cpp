// CloudWatch, EventBridge and its Scheduler, what hangs on log groups.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CloudWatch.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Events.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html
#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::string_view alarm =
    "AlarmName=@name ActionsEnabled AlarmActions AlarmDescription ComparisonOperator "
    "DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods "
    "ExtendedStatistic InsufficientDataActions MetricName Metrics Namespace OKActions Period "
    "Statistic Threshold ThresholdMetricId TreatMissingData Unit Tags=@tags";
constexpr std::string_view composite =
    "AlarmName=@name ActionsEnabled AlarmActions AlarmDescription AlarmRule "
    "InsufficientDataActions OKActions Tags=@tags";
constexpr std::string_view rule =
    "Name=@name Description EventBusName EventPattern=@json:EventPattern RoleArn "
    "ScheduleExpression State Tags=@tags";
constexpr std::string_view schedule =
    "Name=@name Description EndDate FlexibleTimeWindow GroupName KmsKeyArn ScheduleExpression "
    "ScheduleExpressionTimezone StartDate State Target";
constexpr std::string_view subscription =
    "LogGroupName filterName=@name FilterPattern DestinationArn RoleArn Distribution";

}  // namespace

const std::vector<Calls>& monitoring_calls() {
  static const std::vector<Calls> types{
      {.type = "AWS::CloudWatch::Alarm",
       .service = "monitoring",
       .properties = "ActionsEnabled AlarmActions AlarmDescription AlarmName* ComparisonOperator "
                     "DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile "
                     "EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName "
                     "Metrics Namespace OKActions Period Statistic Tags Threshold "
                     "ThresholdMetricId TreatMissingData Unit",
       .attributes = "Arn=#arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
       .name = "AlarmName/255",
       .probe = {"DescribeAlarms", "AlarmNames=[@name]", "MetricAlarms.0"},
       .create = {"PutMetricAlarm", alarm},
       .id = "@name",
       .update = {{"PutMetricAlarm", alarm,
                   "ActionsEnabled AlarmActions AlarmDescription ComparisonOperator "
                   "DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile "
                   "EvaluationPeriods ExtendedStatistic InsufficientDataActions MetricName "
                   "Metrics Namespace OKActions Period Statistic Threshold ThresholdMetricId "
                   "TreatMissingData Unit"}},
       .remove = {"DeleteAlarms", "AlarmNames=[@id]"},
       .tagging = {.add = "TagResource",
                   .remove = "UntagResource",
                   .who = "ResourceARN=#arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}"},
       .unsupported = "ActionConfiguration EvaluationCriteria EvaluationInterval EvaluationWindow "
                      "WarmUpConfiguration"},
      {.type = "AWS::CloudWatch::CompositeAlarm",
       .service = "monitoring",
       .properties = "ActionsEnabled AlarmActions AlarmDescription AlarmName* AlarmRule! "
                     "InsufficientDataActions OKActions Tags",
       .attributes = "Arn=#arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
       .name = "AlarmName/255",
       .probe = {"DescribeAlarms", "AlarmNames=[@name] AlarmTypes=['CompositeAlarm]",
                 "CompositeAlarms.0"},
       .create = {"PutCompositeAlarm", composite},
       .id = "@name",
       .update = {{"PutCompositeAlarm", composite,
                   "ActionsEnabled AlarmActions AlarmDescription AlarmRule "
                   "InsufficientDataActions OKActions"}},
       .remove = {"DeleteAlarms", "AlarmNames=[@id]"},
       .tagging = {.add = "TagResource",
                   .remove = "UntagResource",
                   .who = "ResourceARN=#arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}"},
       .unsupported = "ActionConfiguration ActionsSuppressor ActionsSuppressorExtensionPeriod "
                      "ActionsSuppressorWaitPeriod"},
      {.type = "AWS::CloudWatch::Dashboard",
       .service = "monitoring",
       .properties = "DashboardBody! DashboardName*",
       .name = "DashboardName/255",
       .probe = {"GetDashboard", "DashboardName=@name"},
       .create = {"PutDashboard", "DashboardName=@name DashboardBody=@json:DashboardBody"},
       .id = "@name",
       .update = {{"PutDashboard", "DashboardName=@name DashboardBody=@json:DashboardBody",
                   "DashboardBody"}},
       .remove = {"DeleteDashboards", "DashboardNames=[@id]"},
       .unsupported = "Tags"},
      {.type = "AWS::Events::Rule",
       .service = "events",
       .properties = "Description EventBusName EventPattern Name* RoleArn ScheduleExpression State "
                     "Tags Targets",
       .attributes = "Arn=%RuleArn RuleName=@id",
       .name = "Name/64",
       .probe = {"DescribeRule", "Name=@name"},
       .create = {"PutRule", rule},
       .id = "@name",
       .more = {{"PutTargets", "Rule=@id Targets", "Targets"}},
       .update = {{"PutRule", rule,
                   "Description EventPattern RoleArn ScheduleExpression State Tags"},
                  {"RemoveTargets", "Rule=@id Ids=@old:@all:Targets.Id", "Targets"}},
       .unlink = {{"RemoveTargets", "Rule=@id Ids=@all:Targets.Id", "Targets"}},
       .remove = {"DeleteRule", "Name=@id"},
       .frozen = "EventBusName"},
      {.type = "AWS::Scheduler::Schedule",
       .service = "scheduler",
       .properties = "Description EndDate FlexibleTimeWindow! GroupName KmsKeyArn Name* "
                     "ScheduleExpression! ScheduleExpressionTimezone StartDate State Target!",
       .attributes = "Arn=%ScheduleArn",
       .name = "Name/64",
       .create = {"CreateSchedule", schedule},
       .id = "@name",
       .update = {{"UpdateSchedule", schedule,
                   "Description EndDate FlexibleTimeWindow KmsKeyArn ScheduleExpression "
                   "ScheduleExpressionTimezone StartDate State Target"}},
       .remove = {"DeleteSchedule", "Name=@id"},
       .frozen = "GroupName"},
      {.type = "AWS::Logs::LogStream",
       .service = "logs",
       .properties = "LogGroupName!* LogStreamName*",
       .name = "LogStreamName/512",
       .create = {"CreateLogStream", "LogGroupName logStreamName=@name"},
       .id = "@name",
       .remove = {"DeleteLogStream", "LogGroupName logStreamName=@id"},
       .camel = true},
      {.type = "AWS::Logs::MetricFilter",
       .service = "logs",
       .properties = "FilterName* FilterPattern! LogGroupName!* MetricTransformations!",
       .name = "FilterName/512",
       .create = {"PutMetricFilter",
                  "LogGroupName filterName=@name FilterPattern MetricTransformations"},
       .id = "@name",
       .update = {{"PutMetricFilter",
                   "LogGroupName filterName=@id FilterPattern MetricTransformations",
                   "FilterPattern MetricTransformations"}},
       .remove = {"DeleteMetricFilter", "LogGroupName filterName=@id"},
       .camel = true,
       .unsupported = "ApplyOnTransformedLogs EmitSystemFieldDimensions FieldSelectionCriteria"},
      {.type = "AWS::Logs::SubscriptionFilter",
       .service = "logs",
       .properties = "DestinationArn! Distribution FilterName* FilterPattern! LogGroupName!* "
                     "RoleArn",
       .name = "FilterName/512",
       .create = {"PutSubscriptionFilter", subscription},
       .id = "@name",
       .update = {{"PutSubscriptionFilter", subscription,
                   "DestinationArn Distribution FilterPattern RoleArn"}},
       .remove = {"DeleteSubscriptionFilter", "LogGroupName filterName=@id"},
       .camel = true,
       .unsupported = "ApplyOnTransformedLogs EmitSystemFields FieldSelectionCriteria"}};
  return types;
}

}  // namespace sim::cloudformation
