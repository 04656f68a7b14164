/**
 * The environment in which AWS clients reach the local AWS and nothing else: no profile, no instance metadata, no real
 * credentials.
 */
export function clientEnvironment(
  endpoint: string,
  region: string,
  accessKeyId: string,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // The emulators take any key. A key of twelve digits chooses the account of that number.
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}
