import { paginateListStacks } from '@aws-sdk/client-cloudformation';
import { DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { paginateDescribeAlarms, paginateListDashboards } from '@aws-sdk/client-cloudwatch';
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import type { Lister } from './listers.ts';
import { collect } from './pages.ts';

export const stacks: Lister = ({ cloudFormation: client }) =>
  collect('AWS::CloudFormation::Stack', paginateListStacks({ client }, {}), ({ StackSummaries }) =>
    StackSummaries?.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
      ({ StackId = '', StackStatus = '' }) => ({ id: StackId, detail: StackStatus }),
    ),
  );

export const trails: Lister = async ({ cloudTrail }) => {
  // Without the copies that a multi-region trail shows in other regions.
  const { trailList = [] } = await cloudTrail.send(new DescribeTrailsCommand({ includeShadowTrails: false }));
  return trailList.map(({ TrailARN = '' }) => ({ type: 'AWS::CloudTrail::Trail', id: TrailARN }));
};

export const alarms: Lister = ({ cloudWatch: client }) =>
  collect(
    'AWS::CloudWatch::Alarm',
    paginateDescribeAlarms({ client }, { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    ({ MetricAlarms = [], CompositeAlarms = [] }) =>
      [...MetricAlarms, ...CompositeAlarms].map(({ AlarmArn }) => AlarmArn),
  );

export const dashboards: Lister = ({ cloudWatch: client }) =>
  collect('AWS::CloudWatch::Dashboard', paginateListDashboards({ client }, {}), ({ DashboardEntries }) =>
    DashboardEntries?.map(({ DashboardName }) => DashboardName),
  );

export const logGroups: Lister = ({ logs: client }) =>
  collect('AWS::Logs::LogGroup', paginateDescribeLogGroups({ client }, {}), ({ logGroups: groups }) =>
    groups?.map(({ logGroupArn, arn }) => logGroupArn ?? arn),
  );
