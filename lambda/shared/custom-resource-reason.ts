/** Why a custom resource failed, in words that begin with what it is about. */

/** @param step as the definition's messages begin; not repeated where the error begins with it already. */
export function reasonOf({ step }: { readonly step: string }, error: unknown): string {
  const message = messageOf(error);
  return message.startsWith(step) ? message : `${step}: ${message}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
