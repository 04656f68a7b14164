/** The Vision One enrollment tokens that a Cloud One account may be registered with. */
export class EnrollmentTokens {
  readonly #expiry = new Map<string, number>();

  /** @param expiresAt milliseconds since the epoch; Infinity for a token that never runs out */
  add(token: string, expiresAt: number): void {
    this.#expiry.set(token, expiresAt);
  }

  remove(token: string): void {
    this.#expiry.delete(token);
  }

  isValid(token: string, at: number): boolean {
    return at < (this.#expiry.get(token) ?? Number.NEGATIVE_INFINITY);
  }
}
