import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Enrolment, enrolment } from '../../contract/onboarding.ts';
import { explainAwsError } from '../shared/aws-errors.ts';
import { isAccessDenied, withIamPatience } from '../shared/aws-patience.ts';
import { tryParseJson } from '../shared/remote-words.ts';

/** The stack's own secret with what was generated: token and connector are written at once, or not at all. */
export interface EnrolmentSecret {
  /** `undefined` where nothing was generated, or it was taken back. */
  read(signal: AbortSignal): Promise<Enrolment | undefined>;
  /** @throws NoEnrolmentError where there is none to read. */
  readToken(signal: AbortSignal): Promise<string>;
  write(generated: Enrolment, signal: AbortSignal): Promise<void>;
  clear(signal: AbortSignal): Promise<void>;
}

/** No token was generated, because the account was connected then; but now it is not. */
export class NoEnrolmentError extends Error {
  override readonly name = 'NoEnrolmentError';

  constructor() {
    super(
      'no enrolment token was generated, because the Cloud One account was connected to Vision One already; now ' +
        'it is not. Deploy again, and one is generated.',
    );
  }
}

const NOTHING = '{}';

export function enrolmentSecret(client: SecretsManagerClient, arn: string): EnrolmentSecret {
  const put = async (value: string, signal: AbortSignal) => {
    const command = new PutSecretValueCommand({ SecretId: arn, SecretString: value });
    try {
      await withIamPatience(() => client.send(command, { abortSignal: signal }), {
        isDenied: isAccessDenied,
        signal,
      });
    } catch (error) {
      throw explainAwsError(`secretsmanager:PutSecretValue on ${arn}`, error, signal);
    }
  };
  const read = async (signal: AbortSignal) => {
    const command = new GetSecretValueCommand({ SecretId: arn });
    const get = () => client.send(command, { abortSignal: signal });
    try {
      const { SecretString = NOTHING } = await withIamPatience(get, { isDenied: isAccessDenied, signal });
      return enrolment.safeParse(tryParseJson(SecretString)).data;
    } catch (error) {
      // Secrets Manager's answer for a secret without a value: nothing was written to it yet.
      if ((error as Error).name === 'ResourceNotFoundException') {
        return undefined;
      }
      throw explainAwsError(`secretsmanager:GetSecretValue on ${arn}`, error, signal);
    }
  };
  return {
    read,
    readToken: async (signal) => {
      const generated = await read(signal);
      if (generated === undefined) {
        throw new NoEnrolmentError();
      }
      return generated.token;
    },
    write: (generated, signal) => put(JSON.stringify(generated), signal),
    clear: (signal) => put(NOTHING, signal),
  };
}
