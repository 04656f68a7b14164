interface EnrollmentToken {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly once: boolean;
  used: boolean;
}

/** The Vision One enrollment tokens that a Cloud One account may be registered with. */
export class EnrollmentTokens {
  readonly #tokens = new Map<string, EnrollmentToken>();

  /**
   * @param expiresAt milliseconds since the epoch; Infinity for a token that never runs out
   * @param once whether it is used up by one registration
   */
  add(token: string, expiresAt: number, once = false): void {
    this.#tokens.set(token, { expiresAt, once, used: false });
  }

  remove(token: string): void {
    this.#tokens.delete(token);
  }

  isValid(token: string, at: number): boolean {
    const known = this.#tokens.get(token);
    return known !== undefined && at < known.expiresAt && !(known.once && known.used);
  }

  /** A registration was made with it. */
  use(token: string): void {
    const known = this.#tokens.get(token);
    if (known !== undefined) known.used = true;
  }
}
