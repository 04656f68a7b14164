/**
 * A condition of IAM: a table's items under these partition keys only.
 *
 * `ForAllValues` holds where a request names no key at all, as a scan does; so one has to be there (AWS IAM User Guide,
 * "Set operators for multivalued context keys"; Amazon DynamoDB Developer Guide, "Using IAM policy conditions for
 * fine-grained access control").
 */
export function leadingKeys(operator: 'StringEquals' | 'StringLike', keys: readonly string[]) {
  return {
    [`ForAllValues:${operator}`]: { 'dynamodb:LeadingKeys': keys },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}
