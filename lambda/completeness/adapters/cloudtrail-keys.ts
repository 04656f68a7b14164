import { type CloudTrailClient, paginateListPublicKeys } from '@aws-sdk/client-cloudtrail';
import { explainAwsError } from '../../shared/aws-errors.ts';
import { type DigestPublicKey, OutOfReachError, type PublicKeySource, type Span } from '../ports.ts';

/** What a region's name may hold: it comes from an object's key, and becomes part of a host's. */
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;
const DAY_MS = 86_400_000;
/** What CloudTrail does not say the end of has none: both times are optional in its answer, and an end that is made up expires. */
const EVER: Span = { from: new Date(-8.64e15), to: new Date(8.64e15) };
/**
 * Refusals that say that the region is not open to this account, or closed by a policy: neither passes. (AWS account
 * Management, "Enable or disable AWS Regions"; service control policies commonly deny regions that are not in use.)
 */
const CLOSED = [
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'AuthFailure',
  'OptInRequired',
  'AccessDeniedException',
  'AccessDenied',
  'UnsupportedOperationException',
];

/**
 * CloudTrail's public keys. All series of a region share them, so each day is asked for once in its life: CloudTrail
 * answers few calls a second, and an organisation has thousands of series.
 */
export class CloudTrailKeys implements PublicKeySource {
  readonly #clientOf: (region: string) => CloudTrailClient;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, Promise<readonly DigestPublicKey[]>>();

  /** @param clientOf a client for a region; called once for each. */
  constructor(clientOf: (region: string) => CloudTrailClient, signal: AbortSignal) {
    const clients = new Map<string, CloudTrailClient>();
    this.#clientOf = (region) => {
      const client = clients.get(region) ?? clientOf(region);
      clients.set(region, client);
      return client;
    };
    this.#signal = signal;
  }

  async publicKeys(region: string, { from, to }: Span): Promise<readonly DigestPublicKey[]> {
    if (!REGION.test(region)) {
      throw new OutOfReachError(`"${region}" is no AWS region that CloudTrail's keys could be asked for in.`);
    }
    const days = {
      from: new Date(Math.floor(from.getTime() / DAY_MS) * DAY_MS),
      to: new Date(Math.ceil(to.getTime() / DAY_MS) * DAY_MS),
    };
    const name = `${region}/${days.from.toISOString()}/${days.to.toISOString()}`;
    const answer = this.#answers.get(name) ?? this.#ask(region, days);
    this.#answers.set(name, answer);
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof OutOfReachError)) {
        // It may pass: the next one asks again.
        this.#answers.delete(name);
      }
      throw error;
    }
  }

  async #ask(region: string, { from, to }: Span): Promise<readonly DigestPublicKey[]> {
    const call = `cloudtrail:ListPublicKeys in ${region}`;
    const keys: DigestPublicKey[] = [];
    try {
      const pages = paginateListPublicKeys(
        { client: this.#clientOf(region) },
        { StartTime: from, EndTime: to },
        { abortSignal: this.#signal },
      );
      for await (const { PublicKeyList = [] } of pages) {
        keys.push(
          ...PublicKeyList.flatMap(({ Fingerprint, Value, ValidityStartTime, ValidityEndTime }) =>
            Fingerprint === undefined || Value === undefined
              ? []
              : [
                  {
                    fingerprint: Fingerprint,
                    value: Value,
                    validFrom: ValidityStartTime ?? EVER.from,
                    validUntil: ValidityEndTime ?? EVER.to,
                  },
                ],
          ),
        );
      }
      return keys;
    } catch (error) {
      const { name, code } = error as Error & { readonly code?: string };
      if (CLOSED.includes(name) || code === 'ENOTFOUND') {
        throw new OutOfReachError(
          `${call} is refused (${code ?? name}): the region is not enabled for this account, or denied to it.`,
          { cause: error },
        );
      }
      throw explainAwsError(call, error, this.#signal);
    }
  }
}
