/** Values of condition keys; of a key with several values, a list. */
export type PermissionContext = Readonly<Record<string, string | readonly string[]>>;

/** One thing that IAM is asked. */
export interface PermissionRequest {
  /** Such as `secretsmanager:GetSecretValue`. */
  readonly action: string;
  readonly resource: string;
  readonly region: string;
  /** Condition keys of the service, besides the global ones. */
  readonly context: PermissionContext;
  /** An AWS service asks on the function's behalf (a forward access session), as Secrets Manager does of KMS. */
  readonly viaService?: boolean;
  /** It is about an object's metadata, which is not encrypted. */
  readonly metadataOnly?: boolean | undefined;
}

/** The tables do not have the call's operation, or the call does not say what it is about. */
export class UnknownCallError extends Error {
  override readonly name = 'UnknownCallError';
}
