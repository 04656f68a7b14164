import type { FaultCase } from '../case.ts';
import { awsServices } from './aws-services.ts';
import { connections } from './connections.ts';
import { destinationAnswers } from './destination-answers.ts';
import { kills } from './kills.ts';
import { messages } from './messages.ts';
import { outages } from './outages.ts';
import { poison } from './poison.ts';
import { tokens } from './tokens.ts';

export const CASES: readonly FaultCase[] = [
  // First, because they take longest.
  ...outages,
  ...destinationAnswers,
  ...connections,
  ...tokens,
  ...kills,
  ...messages,
  ...poison,
  ...awsServices,
];
