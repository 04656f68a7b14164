import { Aws, type CfnCondition, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

/** Rows that the alarms' states take, above everything else. */
const ALARMS_HEIGHT = 4;

/** One picture of the whole stack: its alarms, whichever constructs have made them, and what they are about. */
export class Dashboard extends Construct {
  /** @param widgets what is shown below the alarms' states. */
  constructor(scope: Construct, id: string, widgets: IWidget) {
    super(scope, id);
    widgets.position(0, ALARMS_HEIGHT);
    new CfnDashboard(this, 'Dashboard', {
      dashboardName: `${Aws.STACK_NAME}-Trailbridge`,
      // Late: by then every alarm is made, and the conditions are known under which they are.
      dashboardBody: Lazy.string({ produce: () => this.body(widgets.toJson()) }),
    });
  }

  private body(widgets: readonly unknown[]): string {
    const texts = widgets.map((widget) => Stack.of(this).toJsonString(widget));
    return Fn.join('', ['{"start":"-P1D","widgets":[', Fn.join(',', [this.alarmStates(), ...texts]), ']}']);
  }

  /** Written by hand: a list within JSON whose items depend on conditions is beyond `toJsonString`. */
  private alarmStates(): string {
    const alarms = Stack.of(this)
      .node.findAll()
      .filter((node) => node instanceof CfnAlarm);
    const ownCondition = (this.node.findChild('Dashboard') as CfnDashboard).cfnOptions.condition;
    const isAlwaysThere = ({ cfnOptions: { condition } }: CfnAlarm) =>
      condition === undefined || condition === ownCondition;
    const always = alarms.filter(isAlwaysThere).map((alarm) => `"${arnOf(alarm)}"`);
    const sometimes = alarms
      .filter((alarm) => !isAlwaysThere(alarm))
      .map((alarm) =>
        Fn.conditionIf(
          (alarm.cfnOptions.condition as CfnCondition).logicalId,
          `,"${arnOf(alarm)}"`,
          '',
        ).toString(),
      );
    return Fn.join('', [
      `{"type":"alarm","x":0,"y":0,"width":24,"height":${ALARMS_HEIGHT},"properties":{"title":"Alarms","alarms":[`,
      always.join(','),
      ...sometimes,
      ']}}',
    ]);
  }
}

function arnOf({ alarmName }: CfnAlarm): string {
  return `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${alarmName}`;
}
