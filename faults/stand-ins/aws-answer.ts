/** How an AWS service answers; JSON protocols 1.0 and 1.1 unless it is S3. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

export function success(output: object): AwsAnswer {
  return { status: 200, body: JSON.stringify(output) };
}

export function failure(status: number, type: string, message: string, more: object = {}): AwsAnswer {
  return { status, body: JSON.stringify({ __type: type, message, ...more }) };
}

/** Amazon S3 API Reference, "Error responses". */
export function s3Failure(status: number, code: string, message: string): AwsAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
