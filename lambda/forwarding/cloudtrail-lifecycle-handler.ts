/** Lambda handler of the custom resource that tells Cloud One of the stack. It wires; its siblings decide. */
import { parseEnvironment } from '../../contract/environment.ts';
import { destinationEnvironment } from '../../contract/forwarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { SecretReader } from '../shared/secrets.ts';
import { cloudTrailServiceOf } from '../vendors/destination-of.ts';
import { cloudTrailLifecycle } from './cloudtrail-lifecycle.ts';
import { DestinationToken } from './destination-token.ts';

export const handler = customResourceHandler(() => {
  const environment = parseEnvironment(destinationEnvironment, process.env);
  const token = new DestinationToken(new SecretReader(), environment.DESTINATION_TOKEN_SECRET_ARN);
  return cloudTrailLifecycle({
    service: cloudTrailServiceOf(environment),
    readToken: (signal) => token.read(signal),
  });
});
