/** What is read as UTF-8 is not. */
export class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';
}

/**
 * Reads UTF-8, so that the text can be written back to the byte: nothing is replaced. A byte order mark at the start, which
 * belongs to no record, is passed over (RFC 8259, section 8.1, allows it).
 *
 * @throws NotUtf8Error
 */
export function readUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new NotUtf8Error(`${bytes.length} bytes are not UTF-8`, { cause: error });
  }
}
