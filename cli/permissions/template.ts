import * as z from 'zod';

/** As much of a CloudFormation template as tells what its deployment takes. */
export const templateSchema = z.object({
  Parameters: z
    .record(z.string(), z.object({ Default: z.union([z.string(), z.number()]).optional() }))
    .default({}),
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

export type Template = z.infer<typeof templateSchema>;
export type TemplateResource = Template['Resources'][string];

/** Where a template is deployed, and under which name. `*` stands for any account or region. */
export interface Place {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
}

/** What is known of references before the deployment: pseudo parameters, and the parameters' values or defaults. */
export type Known = Readonly<Record<string, string>>;

/** @param given values of parameters, instead of their defaults. */
export function knownOf(template: Template, place: Place, given: Known): Known {
  const defaults = Object.entries(template.Parameters).flatMap(([name, { Default }]) =>
    Default === undefined || Default === '' ? [] : [[name, String(Default)] as const],
  );
  return {
    ...Object.fromEntries(defaults),
    ...given,
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::StackName': place.stack,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
  };
}

/**
 * All texts that a value can become, with `*` for what only the deployment knows.
 *
 * An `Fn::If` has two, for a policy must do for both.
 */
export function textsOf(value: unknown, known: Known): readonly string[] {
  if (typeof value !== 'object' || value === null) {
    return [String(value)];
  }
  const [[operator = '', argument] = []] = Object.entries(value);
  switch (operator) {
    case 'Ref':
      return [known[String(argument)] ?? '*'];
    case 'Fn::Sub':
      return typeof argument === 'string' ? [substituted(argument, known)] : ['*'];
    case 'Fn::Join': {
      const [separator, pieces] = argument as [string, unknown];
      return Array.isArray(pieces) ? joined(separator, pieces, known) : ['*'];
    }
    case 'Fn::If': {
      const [, whenTrue, whenFalse] = argument as [string, unknown, unknown];
      return [...new Set([...textsOf(whenTrue, known), ...textsOf(whenFalse, known)])];
    }
    default:
      return ['*'];
  }
}

function substituted(text: string, known: Known): string {
  return text.replaceAll(/\$\{([^!}]+)\}/g, (_whole, name: string) => known[name] ?? '*');
}

function joined(separator: string, pieces: readonly unknown[], known: Known): readonly string[] {
  return pieces
    .map((piece) => textsOf(piece, known))
    .reduce<readonly string[]>(
      (texts, alternatives, index) =>
        texts.flatMap((text) => alternatives.map((next) => (index === 0 ? next : text + separator + next))),
      [''],
    );
}
