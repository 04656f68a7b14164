/** What the runner and a function's process say to each other. */

export interface InvokeRequest {
  readonly requestId: string;
  readonly event: unknown;
  /** What time it is, milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds that the function has. */
  readonly timeoutMs: number;
}

export type InvokeReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly requestId: string; readonly answer: unknown }
  | { readonly kind: 'error'; readonly requestId: string; readonly error: string };
