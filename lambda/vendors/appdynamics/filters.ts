import * as z from 'zod';
import { faultsOf } from '../../../contract/faults.ts';
import { tryParseJson } from '../../shared/remote-words.ts';

/** What was given as filters of the audit history cannot be some. */
export class MalformedFiltersError extends Error {
  override readonly name = 'MalformedFiltersError';
}

/** The fields' names are the controller's own, and their list is open. */
const filters = z.array(z.string().regex(/^\w+:./, 'is not <field>:<value>'));

/**
 * Reads a list of the controller's filters.
 *
 * @param text a JSON list, such as `["userName:admin", "action:LOGIN"]`; empty for none.
 * @param name of what is read, for the message.
 * @throws MalformedFiltersError
 */
export function parseAuditHistoryFilters(text: string, name: string): readonly string[] {
  if (text.trim() === '') {
    return [];
  }
  const parsed = filters.safeParse(tryParseJson(text));
  if (!parsed.success) {
    throw new MalformedFiltersError(
      `${name} is no list of AppDynamics' filters (${faultsOf(parsed.error, 'list')}). ` +
        'Give a JSON list such as ["userName:admin", "action:LOGIN"].',
    );
  }
  return parsed.data;
}
