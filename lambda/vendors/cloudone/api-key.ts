/** What was given as a Cloud One API key cannot be one. The value is never shown. */
export class MalformedApiKeyError extends Error {
  override readonly name = 'MalformedApiKeyError';

  constructor() {
    super(
      'The Cloud One API key does not look like one. It must be the whole key as Cloud One showed it when it ' +
        'was made: an id, a colon and a secret, without quotes, spaces or line breaks.',
    );
  }
}

export interface CloudOneApiKey {
  /** Names the key; not a secret. */
  readonly id: string;
  /** The whole key, as it is sent. */
  readonly value: string;
}

/** Loose on purpose: id and secret are printable and without spaces, whatever their alphabets and lengths. */
const SHAPE = /^(?<id>[!-9;-~]+):[!-~]+$/;

/**
 * Parses `<id>:<secret>`, split at the first colon, as the vendor's own onboarding functions do.
 *
 * @throws MalformedApiKeyError
 */
export function parseCloudOneApiKey(text: string): CloudOneApiKey {
  const value = text.trim();
  const id = SHAPE.exec(value)?.groups?.id;
  if (id === undefined) {
    throw new MalformedApiKeyError();
  }
  return { id, value };
}
