/** A report as it grows, row by row, into a file. */
import { type FileHandle, open } from 'node:fs/promises';
import type { EventRow } from '../ocsf/action-course.ts';
import type { ReportSummary } from './summary.ts';

export interface ReportWriter {
  add(row: EventRow): Promise<void>;
  /** Finishes the file, once the last row is added. */
  end(summary: ReportSummary): Promise<void>;
  /** Lets go of the file, finished or not. */
  close(): Promise<void>;
}

const BUFFERED_CHARACTERS = 256 * 1024;

/** A text file that is written in large pieces, and no faster than the disk takes them. */
export class TextFile {
  readonly #handle: FileHandle;
  #buffered = '';

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(path: string): Promise<TextFile> {
    return new TextFile(await open(path, 'w'));
  }

  async write(text: string): Promise<void> {
    this.#buffered += text;
    if (this.#buffered.length >= BUFFERED_CHARACTERS) {
      await this.flush();
    }
  }

  async flush(): Promise<void> {
    const text = this.#buffered;
    this.#buffered = '';
    await this.#handle.appendFile(text);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
