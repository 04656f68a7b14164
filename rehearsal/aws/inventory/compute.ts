import {
  paginateListEventSourceMappings,
  paginateListFunctions,
  paginateListLayers,
} from '@aws-sdk/client-lambda';
import type { Lister } from './listers.ts';
import { collect } from './pages.ts';

export const functions: Lister = ({ lambda: client }) =>
  collect('AWS::Lambda::Function', paginateListFunctions({ client }, {}), ({ Functions }) =>
    Functions?.map(({ FunctionArn }) => FunctionArn),
  );

export const layers: Lister = ({ lambda: client }) =>
  collect('AWS::Lambda::LayerVersion', paginateListLayers({ client }, {}), ({ Layers }) =>
    Layers?.map(({ LayerArn }) => LayerArn),
  );

export const eventSourceMappings: Lister = ({ lambda: client }) =>
  collect(
    'AWS::Lambda::EventSourceMapping',
    paginateListEventSourceMappings({ client }, {}),
    ({ EventSourceMappings }) =>
      EventSourceMappings?.map(({ UUID = '', FunctionArn = '', EventSourceArn = '' }) => ({
        id: UUID,
        detail: `${EventSourceArn} to ${FunctionArn}`,
      })),
  );
