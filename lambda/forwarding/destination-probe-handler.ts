/** Lambda handler of the custom resource that proves the destination. It wires; its siblings decide. */
import { parseEnvironment } from '../../contract/environment.ts';
import { destinationEnvironment } from '../../contract/forwarding.ts';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { SecretReader } from '../shared/secrets.ts';
import { destinationOf } from '../vendors/destination-of.ts';
import { destinationProbe } from './destination-probe.ts';
import { DestinationToken } from './destination-token.ts';
import { PartSender } from './part-sender.ts';

export const handler = customResourceHandler(() => {
  const environment = parseEnvironment(destinationEnvironment, process.env);
  const destination = destinationOf(environment);
  const token = new DestinationToken(new SecretReader(), environment.DESTINATION_TOKEN_SECRET_ARN);
  return destinationProbe({ destination, sender: new PartSender(destination, token) });
});
