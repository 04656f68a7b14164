/** What DynamoDB makes of an item by `SET a = :x, …` or `REMOVE a, …`: of update expressions no more is known here. */
export function updatedItem<Value>(
  item: Readonly<Record<string, Value>>,
  expression: string,
  values: Readonly<Record<string, Value>> = {},
): Record<string, Value> {
  const updated = { ...item };
  const [, verb, clauses = ''] = /^(SET|REMOVE) (.+)$/s.exec(expression) ?? [];
  for (const clause of clauses.split(', ')) {
    const [name = '', placeholder = ''] = clause.split(' = ');
    const value = values[placeholder];
    if (verb === 'SET' && value !== undefined) {
      updated[name] = value;
    } else if (verb === 'REMOVE') {
      delete updated[name];
    } else {
      throw new Error(`An update that no test expects: ${expression}`);
    }
  }
  return updated;
}
