/** Stands in until its part is merged: the stack knows handlers by path. */
export async function handler(): Promise<void> {}
