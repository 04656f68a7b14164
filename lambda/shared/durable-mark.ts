import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { UNMARKED } from '../../contract/mark.ts';
import { explainAwsError } from './aws-errors.ts';
import { isAccessDenied, withIamPatience } from './aws-patience.ts';

/**
 * A word that outlives the process that wrote it: what was begun, in case that no answer ever tells.
 *
 * Written before the act and read before a decision. It need not be read in the second after it was written:
 * whoever takes over from a process that died comes minutes later.
 */
export interface DurableMark {
  read(signal: AbortSignal): Promise<string>;
  write(value: string, signal: AbortSignal): Promise<void>;
}

/** A mark in an SSM parameter of the stack's own. @param name the parameter's name. */
export function parameterMark(client: SSMClient, name: string): DurableMark {
  return {
    read: async (signal) => {
      const get = () => client.send(new GetParameterCommand({ Name: name }), { abortSignal: signal });
      try {
        const { Parameter } = await withIamPatience(get, { isDenied: isAccessDenied, signal });
        return Parameter?.Value ?? UNMARKED;
      } catch (error) {
        throw explainAwsError(`ssm:GetParameter on ${name}`, error, signal);
      }
    },
    write: async (value, signal) => {
      const put = () =>
        client.send(new PutParameterCommand({ Name: name, Value: value, Overwrite: true }), {
          abortSignal: signal,
        });
      try {
        await withIamPatience(put, { isDenied: isAccessDenied, signal });
      } catch (error) {
        throw explainAwsError(`ssm:PutParameter on ${name}`, error, signal);
      }
    },
  };
}
