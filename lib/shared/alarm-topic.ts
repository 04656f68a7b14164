import { Aspects, Aws, type CfnCondition, Stack, Validations } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import { onlyIf } from './conditional.ts';

export interface AlarmTopicProps {
  /** Encrypts what is published; its policy gains CloudWatch. */
  readonly key: Key;

  /** Who is told. The address has to confirm the subscription. */
  readonly email: string;
  readonly emailGiven: CfnCondition;
}

/**
 * Where the stack's alarms are announced, when they go off and when all is well again.
 *
 * It takes every alarm of the stack, wherever it is made, so that none can be forgotten.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: 'Trailbridge alarms',
      masterKey: props.key,
      enforceSSL: true,
    });
    this.allowCloudWatch(props.key);

    const email = new Subscription(this, 'Email', {
      topic: this.topic,
      protocol: SubscriptionProtocol.EMAIL,
      endpoint: props.email,
    });
    onlyIf(props.emailGiven, email);
    Validations.of(email).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'An e-mail is for a person: nobody would work off what bounced, and the alarm’s state stays to see.',
    });

    const topicArn = this.topic.topicArn;
    Aspects.of(Stack.of(this)).add({
      visit(node: IConstruct) {
        if (node instanceof CfnAlarm) {
          node.alarmActions = [topicArn];
          node.okActions = [topicArn];
        }
      },
    });
  }

  /**
   * Sources: Amazon SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted
   * topics"; Amazon CloudWatch User Guide, "Notifying users on alarm changes".
   */
  private allowCloudWatch(key: Key): void {
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: {
          'aws:SourceArn': `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${Aws.STACK_NAME}-*`,
        },
      },
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudWatchPublishes',
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudWatchEncryptsForTheAlarmTopic',
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
  }
}
