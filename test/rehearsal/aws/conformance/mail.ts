import { createHash } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { MailSender } from '../../../../rehearsal/audit/mail-sender.ts';
import { binFolder } from '../../../../rehearsal/aws/paths.ts';
import type { Fixture } from './fixture.ts';
import type { Template } from './stacks.ts';
import { nodeFunction } from './templates.ts';

const FROM = 'reports@example.com';
const ATTACHED = Buffer.from('%PDF-1.7 監査');

// Inline code has no packages: the SDK is taken from the repository.
const sendMail = `
  const { SESv2Client, SendEmailCommand } = require('${binFolder}/../@aws-sdk/client-sesv2');
  exports.handler = () => new SESv2Client().send(new SendEmailCommand({
    FromEmailAddress: '${FROM}',
    Destination: { ToAddresses: ['auditor@example.com'] },
    Content: { Simple: {
      Subject: { Data: 'A report' },
      Body: { Text: { Data: 'It is attached.' } },
      Attachments: [{
        FileName: 'report.pdf',
        ContentType: 'application/pdf',
        RawContent: Buffer.from('${ATTACHED.toString('base64')}', 'base64'),
      }],
    } },
  })).then(() => 'sent', (error) => error.name);`;

const template = (fromAddress: string): Template => ({
  Resources: {
    ...nodeFunction(sendMail, {}),
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'grants',
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'ses:SendEmail',
              Resource: `arn:aws:ses:*:*:identity/${FROM}`,
              Condition: { StringEquals: { 'ses:FromAddress': fromAddress } },
            },
          ],
        },
      },
    },
  },
});

/** A mail is sent as the one whom a policy allows, and has what is attached to it. */
export function mailTests({ aws, stacks, client }: Fixture): void {
  const lambda = new LambdaClient(client);

  const invoke = async (): Promise<unknown> => {
    const FunctionName = await stacks.physicalId('mail', 'Function');
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  };

  describe('a mail', () => {
    it('goes with its attachments, from whom the role may send as, once that is verified', async () => {
      const sender = new MailSender(aws);
      await stacks.deploy('mail', template('somebody.else@example.com'));
      expect(await invoke()).toBe('AccessDeniedException');

      const made = await stacks.deploy('mail', template(FROM));
      expect(await invoke()).toBe('MessageRejected');

      await sender.verify(FROM);
      expect(await invoke()).toBe('sent');
      expect(await sender.sent()).toEqual([
        {
          to: ['auditor@example.com'],
          subject: 'A report',
          attachments: [
            {
              name: 'report.pdf',
              type: 'application/pdf',
              bytes: ATTACHED.length,
              sha256: createHash('sha256').update(ATTACHED).digest('hex'),
            },
          ],
        },
      ]);

      await stacks.delete(made);
      await sender.close();
    });
  });
}
