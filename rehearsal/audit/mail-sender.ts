/** The address that reports are mailed from, and what the local Amazon SES was given to send. */
import { CreateEmailIdentityCommand, DeleteEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import * as z from 'zod';
import type { LocalAws } from '../aws/local-aws.ts';

/** The emulator's list of mails, by account; see the addition `ses_mail` for the lines that tell attachments. */
const mailbox = z.object({
  messages: z.record(
    z.string(),
    z.array(z.object({ To: z.array(z.string()), Subject: z.string(), BodyText: z.string() })),
  ),
});
const attachment = z.object({
  name: z.string(),
  type: z.string(),
  bytes: z.number(),
  sha256: z.string(),
});

export interface SentMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly attachments: readonly z.infer<typeof attachment>[];
}

export class MailSender {
  readonly #aws: LocalAws;
  readonly #ses: SESv2Client;
  #verified: string | undefined;

  constructor(aws: LocalAws) {
    this.#aws = aws;
    const { AWS_ACCESS_KEY_ID: accessKeyId = 'test', AWS_SECRET_ACCESS_KEY: secretAccessKey = 'test' } =
      aws.clientEnvironment;
    this.#ses = new SESv2Client({
      endpoint: aws.endpoint,
      region: aws.region,
      credentials: { accessKeyId, secretAccessKey },
    });
  }

  /** As a user does before giving an address as `ReportMailFrom`; here nobody has to follow a link. */
  async verify(address: string): Promise<void> {
    await this.#ses.send(new CreateEmailIdentityCommand({ EmailIdentity: address }));
    this.#verified = address;
  }

  /** @returns undefined where the local AWS is another one than ours, which shows no mail. */
  async sent(): Promise<readonly SentMail[] | undefined> {
    if (this.#aws.provider.external) return undefined;
    const response = await fetch(`${this.#aws.endpoint}/_ministack/ses/messages`);
    const { messages } = mailbox.parse(await response.json());
    return Object.values(messages)
      .flat()
      .map(({ To: to, Subject: subject, BodyText }) => ({
        to,
        subject,
        attachments: attachmentsIn(BodyText),
      }));
  }

  async close(): Promise<void> {
    if (this.#verified !== undefined) {
      await this.#ses.send(new DeleteEmailIdentityCommand({ EmailIdentity: this.#verified }));
    }
    this.#ses.destroy();
  }
}

function attachmentsIn(text: string): SentMail['attachments'] {
  return [...text.matchAll(/^attachment (\{.*\})$/gm)].map(([, json = '']) =>
    attachment.parse(JSON.parse(json)),
  );
}
