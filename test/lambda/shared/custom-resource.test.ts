import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  type CustomResourceDefinition,
  customResourceHandler,
  registrationOf,
} from '../../../lambda/shared/custom-resource.ts';
import { type AnswerSink, captureOutput, startAnswerSink } from './custom-resource-harness.ts';

interface Properties {
  readonly Name: string;
}

const created = (id: string) => ({ registration: { origin: 'created', id } }) as const;
const adopted = (id: string) => ({ registration: { origin: 'adopted', id } }) as const;
const never = () => new Promise<never>(() => {});

function handlerOf(definition: Partial<CustomResourceDefinition<Properties>>) {
  return customResourceHandler<Properties>(() => ({
    step: 'Making a thing',
    properties: z.object({ Name: z.string() }),
    create: async ({ properties }) => created(properties.Name),
    update: async ({ properties }) => created(properties.Name),
    delete: async () => {},
    ...definition,
  }));
}

let sink: AnswerSink;
let output: () => string;

beforeAll(async () => {
  sink = await startAnswerSink();
});
afterAll(() => sink.close());
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(Math, 'random').mockReturnValue(0);
  output = captureOutput();
});

const create = { type: 'Create', properties: { Name: 'thing' } } as const;
const remove = (physicalId: string, properties: object = { Name: 'thing' }) =>
  ({ type: 'Delete', properties, physicalId }) as const;

describe('create', () => {
  test('answers with the origin, the id and the attributes', async () => {
    const handler = handlerOf({ create: async () => ({ ...created('a:b'), attributes: { Colour: 'red' } }) });

    const answer = await sink.send(handler, create);

    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'created:a:b',
      Data: { Colour: 'red' },
    });
    expect(registrationOf(answer.PhysicalResourceId)).toEqual({ origin: 'created', id: 'a:b' });
  });

  test('undoes in reverse order when the rest fails, and then needs no deletion where nothing tells what is ours', async () => {
    const undone: string[] = [];
    const deleted = vi.fn();
    const handler = handlerOf({
      create: async ({ undoOnFailure }) => {
        undoOnFailure({ run: async () => undone.push('first') });
        undoOnFailure({ run: async () => undone.push('second') });
        throw new Error('the vendor said no.');
      },
      delete: deleted,
    });

    const answer = await sink.send(handler, create);
    const deletion = await sink.send(handler, remove(answer.PhysicalResourceId));

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'Making a thing: the vendor said no.' });
    expect(undone).toEqual(['second', 'first']);
    expect(deletion.Status).toBe('SUCCESS');
    expect(deleted).not.toHaveBeenCalled();
  });

  test('names what is left when undoing fails, so that the deletion finds it', async () => {
    const deleted = vi.fn(async () => {});
    const handler = handlerOf({
      create: async ({ undoOnFailure }) => {
        undoOnFailure({
          ...created('left'),
          run: async () => {
            throw new Error('cannot undo.');
          },
        });
        throw new Error('broken.');
      },
      delete: deleted,
    });

    const answer = await sink.send(handler, create);
    await sink.send(handler, remove(answer.PhysicalResourceId));

    expect(answer.Reason).toBe('Making a thing: broken. Undoing it failed too: cannot undo.');
    expect(answer.PhysicalResourceId).toBe('created:left');
    expect(deleted).toHaveBeenCalledWith(
      expect.objectContaining({ registration: { origin: 'created', id: 'left' } }),
    );
  });

  test('lets the deletion look when undoing failed and there is no id', async () => {
    const deleted = vi.fn(async () => {});
    const handler = handlerOf({
      create: async ({ undoOnFailure }) => {
        undoOnFailure({ run: () => Promise.reject(new Error('cannot undo.')) });
        throw new Error('broken.');
      },
      delete: deleted,
    });

    const answer = await sink.send(handler, create);
    await sink.send(handler, remove(answer.PhysicalResourceId));

    expect(deleted).toHaveBeenCalledWith(
      expect.objectContaining({ registration: undefined, properties: { Name: 'thing' } }),
    );
  });

  test('names each property at fault', async () => {
    const answer = await sink.send(handlerOf({}), { type: 'Create', properties: { Name: 7 } });

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('Name: Invalid input: expected string');
  });

  test('fails, and undoes, where the attributes do not fit the answer', async () => {
    const undo = vi.fn(async () => {});
    const handler = handlerOf({
      create: async ({ undoOnFailure }) => {
        undoOnFailure({ run: undo });
        return { ...created('x'), attributes: { Long: 'ü'.repeat(3000) } };
      },
    });

    const answer = await sink.send(handler, create);

    expect(answer.Reason).toContain('its attributes Long take');
    expect(undo).toHaveBeenCalledOnce();
  });

  test('a reason of any length and alphabet fits the answer', async () => {
    const handler = handlerOf({ create: () => Promise.reject(new Error('\u0007監'.repeat(5000))) });

    const answer = await sink.send(handler, create);

    expect(answer.Status).toBe('FAILED');
  });

  test('a reason that is cut keeps its beginning and its end, which is the cure', async () => {
    const long = `it broke. ${'Many words. '.repeat(500)}Do this.`;
    const handler = handlerOf({ create: () => Promise.reject(new Error(long)) });

    const answer = await sink.send(handler, create);

    expect(answer.Reason).toMatch(/^Making a thing: it broke\. .* … .*Do this\.$/);
  });

  test('answers in time though the creation and its undoing disregard their signals', async () => {
    const handler = handlerOf({
      create: ({ undoOnFailure }) => {
        undoOnFailure({ run: never });
        return never();
      },
    });

    const answer = await sink.send(handler, create, 4000);

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('ran out of time');
  });

  test('carries out a request once that is delivered twice', async () => {
    const make = vi.fn(async () => created(`number ${make.mock.calls.length}`));
    const handler = handlerOf({ create: make });
    const delivered = { ...create, requestId: 'the-same' };

    const first = await sink.send(handler, delivered);
    const second = await sink.send(handler, delivered);
    const other = await sink.send(handler, create);

    expect(second).toEqual(first);
    expect(other.PhysicalResourceId).toBe('created:number 2');
  });
});

describe('update', () => {
  const update = (physicalId: string) =>
    ({ type: 'Update', properties: { Name: 'new' }, oldProperties: { Name: 'old' }, physicalId }) as const;

  test('hands over the registration and the old properties', async () => {
    const change = vi.fn(async () => created('new'));

    const answer = await sink.send(handlerOf({ update: change }), update('created:old'));

    expect(change).toHaveBeenCalledWith(
      expect.objectContaining({
        registration: { origin: 'created', id: 'old' },
        oldProperties: { Name: 'old' },
        properties: { Name: 'new' },
      }),
    );
    expect(answer.PhysicalResourceId).toBe('created:new');
  });

  test('keeps the physical id when it fails', async () => {
    const handler = handlerOf({ update: () => Promise.reject(new Error('no.')) });

    const answer = await sink.send(handler, update('created:old'));

    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'created:old' });
  });

  test('gives what a failed replacement left beside the old an id of its own, to be deleted by', async () => {
    const handler = handlerOf({
      update: async ({ undoOnFailure }) => {
        undoOnFailure({ besideKnown: true, run: () => Promise.reject(new Error('cannot undo.')) });
        throw new Error('broken.');
      },
    });

    const answer = await sink.send(handler, update('created:old'));

    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: expect.stringMatching(/^unsure:/) });
  });

  test('what was created does not turn into something adopted, which would have it deleted', async () => {
    const handler = handlerOf({ update: async () => adopted('same') });

    const answer = await sink.send(handler, update('created:same'));

    expect(answer.PhysicalResourceId).toBe('created:same');
  });

  test('creates where the creation before it had failed', async () => {
    const answer = await sink.send(handlerOf({}), update('failed:request-1'));

    expect(answer.PhysicalResourceId).toBe('created:new');
  });
});

describe('delete', () => {
  const refusing = handlerOf({ delete: () => Promise.reject(new Error('the key is revoked.')) });

  test('looks for the second delivery of a failed creation, and lets a failure of that look pass', async () => {
    const look = vi.fn(() => Promise.reject(new Error('the key is wrong.')));

    const answer = await sink.send(
      handlerOf({ knowsItsOwn: true, delete: look }),
      remove('failed:request-1'),
    );

    expect(look).toHaveBeenCalledWith(expect.objectContaining({ registration: undefined }));
    expect(answer.Status).toBe('SUCCESS');
  });

  test.each([
    ['that never answered, again and again', 'CloudOne-Resource-1X2Y3Z', true, 3],
    ['that never answered, once where nothing tells what is ours', 'CloudOne-Resource-1X2Y3Z', false, 1],
    ['whose undoing failed, once', 'unsure:request-1', true, 1],
    ['that succeeded, once', 'created:x', true, 1],
  ])('looks for what is left of a creation %s', async (_what, physicalId, knowsItsOwn, times) => {
    const look = vi.fn(async () => {});
    const definition = () => ({
      step: 'Making a thing',
      properties: z.object({ Name: z.string() }),
      knowsItsOwn,
      create: async () => created('x'),
      update: async () => created('x'),
      delete: look,
    });
    const handler = customResourceHandler(definition, { lateCreationPausesMs: [1, 1] });

    const answer = await sink.send(handler, remove(physicalId));

    expect(answer.Status).toBe('SUCCESS');
    expect(look).toHaveBeenCalledTimes(times);
  });

  test('leaves alone what was adopted', async () => {
    const answer = await sink.send(refusing, remove('adopted:x'));

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'adopted:x' });
  });

  test('fails with the cure', async () => {
    const answer = await sink.send(refusing, remove('created:x'));

    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'created:x' });
    expect(answer.Reason).toMatch(/^Making a thing: the key is revoked\. .*retain the resource /);
  });

  test('tells CloudFormation what is wrong with the function itself', async () => {
    const broken = customResourceHandler(() => {
      throw new Error('The address is not one of ours.');
    });

    const creation = await sink.send(broken, create);
    const deletion = await sink.send(broken, remove(creation.PhysicalResourceId));
    const later = await sink.send(broken, remove('created:x'));

    expect(creation).toMatchObject({ Status: 'FAILED', Reason: 'The address is not one of ours.' });
    expect(deletion.Status).toBe('SUCCESS');
    expect(later.Status).toBe('FAILED');
  });

  test('passes where the user said so', async () => {
    const properties = { Name: 'thing', OnVendorDeleteFailure: 'Continue' };

    const answer = await sink.send(refusing, remove('created:x', properties));

    expect(answer.Status).toBe('SUCCESS');
  });

  test.each([{ OnVendorDeleteFailure: 'nonsense' }, {}])(
    'fails, but answers, with the properties %o',
    async (properties) => {
      const answer = await sink.send(refusing, remove('created:x', properties));

      expect(answer.Status).toBe('FAILED');
    },
  );
});

describe('the answer', () => {
  test('is sent again where S3 refuses it at first', async () => {
    sink.refuseNext(503, 500);

    const answer = await sink.send(handlerOf({}), create);

    expect(answer.Status).toBe('SUCCESS');
  });

  test('is not logged with its signed URL', async () => {
    sink.refuseNext(503);

    await sink.send(handlerOf({}), create);

    expect(output()).toContain('Custom resource answer');
    expect(output()).not.toContain('secret-signature');
  });
});
