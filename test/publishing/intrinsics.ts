/** What CloudFormation makes of text functions, under given parameters. */

/** @throws Error for a function that it does not know. */
export function evaluate(value: unknown, refs: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, refs));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [[name = '', argument] = []] = Object.entries(value);
  const args = () => evaluate(argument, refs) as unknown[];
  switch (name) {
    case 'Ref':
      return refs[String(argument)] ?? `<${argument}>`;
    case 'Fn::Join': {
      const [separator, pieces] = args() as [string, string[]];
      return pieces.join(separator);
    }
    case 'Fn::Split': {
      const [separator, text] = args() as [string, string];
      return text.split(separator);
    }
    case 'Fn::Select': {
      const [index, list] = args() as [number, unknown[]];
      return list[index];
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = argument as [string, unknown, unknown];
      return evaluate(refs[`condition ${condition}`] === 'true' ? whenTrue : whenFalse, refs);
    }
    default:
      throw new Error(`Not a text function: ${name}`);
  }
}
