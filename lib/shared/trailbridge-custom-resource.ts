import { type CfnCustomResource, CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type * as z from 'zod';
import {
  DEFAULT_TIMEOUT,
  TrailbridgeFunction,
  type TrailbridgeFunctionProps,
} from './trailbridge-function.ts';

export interface TrailbridgeCustomResourceProps<
  Environment extends z.ZodObject,
  Properties extends z.core.$ZodObject,
> extends TrailbridgeFunctionProps<Environment> {
  /** Resource type in the template, after `Custom::`. */
  readonly type: string;

  /** The schema that the handler parses the properties with: the properties are typed by it. */
  readonly propertiesSchema: Properties;

  readonly properties: z.input<Properties>;

  /**
   * What happens when the vendor refuses a deletion.
   *
   * @default - the deletion fails
   */
  readonly onVendorDeleteFailure?: string;

  /**
   * What the function does not read, but must look at again when it changes: CloudFormation sends an update
   * for changed properties only, and a secret's value is none.
   *
   * @default - none
   */
  readonly triggers?: Record<string, string>;
}

/**
 * A custom resource and the function behind it: one job, one function, one role.
 *
 * The logical id is the construct's id as it is, and must never change: CloudFormation would create the
 * registration a second time and then delete it.
 */
export class TrailbridgeCustomResource<
  Environment extends z.ZodObject = z.ZodObject,
  Properties extends z.core.$ZodObject = z.core.$ZodObject,
> extends Construct {
  readonly resource: CustomResource;
  readonly handler: TrailbridgeFunction<Environment>;

  constructor(scope: Construct, id: string, props: TrailbridgeCustomResourceProps<Environment, Properties>) {
    super(scope, id);
    this.handler = new TrailbridgeFunction(this, 'Handler', { serviceName: id, ...props });
    this.resource = new CustomResource(this, 'Resource', {
      resourceType: `Custom::${props.type}`,
      serviceToken: this.handler.function.functionArn,
      // Longer than the function can run, and shorter than CloudFormation's hour.
      serviceTimeout: (props.timeout ?? DEFAULT_TIMEOUT).plus(Duration.minutes(5)),
      properties: {
        ...props.triggers,
        ...props.properties,
        ...(props.onVendorDeleteFailure === undefined
          ? {}
          : { OnVendorDeleteFailure: props.onVendorDeleteFailure }),
      },
    });
    (this.resource.node.defaultChild as CfnCustomResource).overrideLogicalId(id);
    this.resource.node.addDependency(this.handler.invocationSettings);
  }

  /** An attribute that the function answers with, for use in other resources. */
  attribute(name: string): string {
    return this.resource.getAttString(name);
  }
}
