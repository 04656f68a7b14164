/**
 * The AWS CloudFormation console's "quick create" link.
 *
 * Source: AWS CloudFormation User Guide, "Create quick-create links for stacks". The console is a page that
 * routes behind the `#`, so its query sits there: `…/home?region=us-east-1#/stacks/create/review?templateURL=…`.
 */

/** A text is not a link to the CloudFormation console. It is not shown: such links carry credentials. */
export class ConsoleLinkError extends Error {
  override readonly name = 'ConsoleLinkError';
}

/**
 * Reads the parameters of a console link, those before the `#` and those behind it.
 *
 * Names are given in lower case, for the console takes `templateUrl` and `templateURL` alike.
 *
 * @throws ConsoleLinkError
 */
export function parseConsoleLink(link: string): Readonly<Record<string, string>> {
  const url = URL.parse(link);
  const isConsole = url !== null && /^(?:[a-z0-9-]+\.)?console\.aws\.amazon\.com$/.test(url.hostname);
  if (!isConsole || url.protocol !== 'https:') {
    throw new ConsoleLinkError(
      `a link to the CloudFormation console was expected, but got ${url === null ? 'no URL at all' : `one to ${url.protocol}//${url.host}`}.`,
    );
  }
  const routed = url.hash.includes('?') ? url.hash.slice(url.hash.indexOf('?') + 1) : url.hash.slice(1);
  return Object.fromEntries([...pairsOf(url.search.slice(1)), ...pairsOf(routed)]);
}

/** Not `URLSearchParams`: it takes a plus sign for a space, and tokens may hold plus signs. */
function pairsOf(query: string): [string, string][] {
  return query
    .split('&')
    .filter((pair) => pair.includes('='))
    .map((pair) => {
      const separator = pair.indexOf('=');
      return [decode(pair.slice(0, separator)).toLowerCase(), decode(pair.slice(separator + 1))];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The text is left out: it may be part of a token.
    throw new ConsoleLinkError('the link to the CloudFormation console is not properly percent-encoded.');
  }
}
