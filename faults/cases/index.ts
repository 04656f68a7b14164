import { archiveTrial } from '../archive/trial.ts';
import type { Trial } from '../case.ts';
import { forwardingTrial } from '../forwarding-trial.ts';
import { archive } from './archive/index.ts';
import { awsServices } from './aws-services.ts';
import { connections } from './connections.ts';
import { destinationAnswers } from './destination-answers.ts';
import { kills } from './kills.ts';
import { messages } from './messages.ts';
import { outages } from './outages.ts';
import { poison } from './poison.ts';
import { tokens } from './tokens.ts';

export const CASES: readonly Trial[] = [
  // First, because they take longest.
  ...outages.map(forwardingTrial),
  ...archive.map(archiveTrial),
  ...destinationAnswers.map(forwardingTrial),
  ...connections.map(forwardingTrial),
  ...tokens.map(forwardingTrial),
  ...kills.map(forwardingTrial),
  ...messages.map(forwardingTrial),
  ...poison.map(forwardingTrial),
  ...awsServices.map(forwardingTrial),
];
