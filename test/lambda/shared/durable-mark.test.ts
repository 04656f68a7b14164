import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test, vi } from 'vitest';
import { parameterMark } from '../../../lambda/shared/durable-mark.ts';

const client = mockClient(SSMClient);
const mark = parameterMark(new SSMClient({}), 'the-mark');
const signal = new AbortController().signal;
const denied = Object.assign(new Error('is not authorized'), { name: 'AccessDeniedException' });

beforeEach(() => {
  client.reset();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

test('reads what the parameter holds', async () => {
  client.on(GetParameterCommand, { Name: 'the-mark' }).resolves({ Parameter: { Value: 'begun' } });

  await expect(mark.read(signal)).resolves.toBe('begun');
});

test('replaces what it holds', async () => {
  client.on(PutParameterCommand).resolves({});

  await mark.write('made', signal);

  expect(client.commandCalls(PutParameterCommand).map(({ args }) => args[0].input)).toEqual([
    { Name: 'the-mark', Value: 'made', Overwrite: true },
  ]);
});

test('waits until IAM lets everyone know of a new role', async () => {
  client
    .on(GetParameterCommand)
    .rejectsOnce(denied)
    .resolves({ Parameter: { Value: 'none' } });
  client.on(PutParameterCommand).rejectsOnce(denied).resolves({});

  await expect(mark.read(signal)).resolves.toBe('none');
  await mark.write('begun', signal);

  expect(client.commandCalls(PutParameterCommand)).toHaveLength(2);
});

test('does not go on as if nothing were marked where it cannot be read or written', async () => {
  const down = Object.assign(new Error('down'), { name: 'InternalServerError' });
  client.on(GetParameterCommand).rejects(down);
  client.on(PutParameterCommand).rejects(down);

  await expect(mark.read(signal)).rejects.toThrow('down');
  await expect(mark.write('made', signal)).rejects.toThrow('down');
});
