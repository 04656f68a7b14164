/** Forms that the parameters of several stacks have. */
import { KEY_ARN_PATTERN, SECRET_ARN_PATTERN, TOKEN_PATTERN } from '../../contract/parameters.ts';

/** A secret's value. It is kept in Secrets Manager only. */
export const secretText = { noEcho: true, default: '' };
export const token = {
  ...secretText,
  allowedPattern: TOKEN_PATTERN,
  constraintDescription: 'A token or key has no spaces.',
};
/** A secret that exists already, and is read where it is. */
export const secretArn = {
  default: '',
  allowedPattern: SECRET_ARN_PATTERN,
  constraintDescription:
    "A secret's whole ARN, with the six characters behind its name: arn:aws:secretsmanager:<region>:<account>:secret:<name>-<6 characters>.",
};
export const keyArn = {
  default: '',
  allowedPattern: KEY_ARN_PATTERN,
  constraintDescription: "A KMS key's ARN (not an alias's).",
};
export const oneOf = (values: readonly string[], byDefault = values[0]) => ({
  allowedValues: [...values],
  default: byDefault,
});
