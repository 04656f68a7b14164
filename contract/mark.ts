/** What the parameter of a durable mark holds before anything is marked: SSM has no empty parameter. */
export const UNMARKED = 'none';
