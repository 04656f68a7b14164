import { Aws, type CfnCondition, type CfnParameter, Fn, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledgeLint } from './template-checks.ts';

export interface GivenSecretProps {
  readonly description: string;

  /** The parameter with the secret's value, and the condition under which the stack keeps it. */
  readonly value: CfnParameter;
  readonly byValue: CfnCondition;

  /** The parameter with the ARN of a secret that exists already, and the condition that it is what was given. */
  readonly arn: CfnParameter;
  readonly byArn: CfnCondition;

  /** Encrypts the stack's own secret. */
  readonly keyArn: string;
}

/**
 * A credential that the user gave in one of two forms: by its value, which goes into a secret of the stack's,
 * or by the ARN of a secret, which is read where it is and never copied.
 */
export interface GivenSecret {
  /** ARN of the secret that holds it. Of an optional one that was not given: empty, for an environment. */
  readonly arn: string;

  /** The same for the resources of a policy: left out where it was not given. */
  readonly resource: string;

  /** The same for what exists only where it was given. */
  readonly whereGiven: string;

  /** ARN of the user's own secret: empty where there is none, for an environment. */
  readonly foreignArn: string;

  /** The same for the resources of a policy: left out where there is none. */
  readonly foreignResource: string;
}

/** One that the rules demand in one of the two forms. `id` is the logical id of the stack's secret. */
export function requiredSecret(scope: Construct, id: string, props: GivenSecretProps): GivenSecret {
  const secret = keptSecret(scope, id, props);
  const arn = foreignOr(props, secret.ref);
  return { arn, resource: arn, whereGiven: arn, ...foreign(props) };
}

/** One that may be given in neither form. `id` is the logical id of the stack's secret. */
export function optionalSecret(scope: Construct, id: string, props: GivenSecretProps): GivenSecret {
  const secret = keptSecret(scope, id, props);
  const { foreignArn, foreignResource } = foreign(props);
  const oursOr = (otherwise: string) =>
    Fn.conditionIf(props.byValue.logicalId, secret.ref, otherwise).toString();
  return {
    arn: oursOr(foreignArn),
    resource: oursOr(foreignResource),
    whereGiven: foreignOr(props, secret.ref),
    foreignArn,
    foreignResource,
  };
}

function foreign(props: GivenSecretProps) {
  return { foreignArn: foreignOr(props, ''), foreignResource: foreignOr(props, Aws.NO_VALUE) };
}

function foreignOr({ arn, byArn }: GivenSecretProps, otherwise: string): string {
  return Fn.conditionIf(byArn.logicalId, arn.valueAsString, otherwise).toString();
}

function keptSecret(scope: Construct, id: string, props: GivenSecretProps): CfnSecret {
  const secret = new CfnSecret(scope, id, {
    description: props.description,
    kmsKeyId: props.keyArn,
    secretString: props.value.valueAsString,
  });
  secret.cfnOptions.condition = props.byValue;
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'Issued by the vendor on request of a person: it is rotated by updating the parameter.',
  });
  acknowledgeLint(secret, 'W1030', 'The parameter may be empty; then the condition leaves the secret out.');
  return secret;
}
