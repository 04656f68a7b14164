/** What we use of pdfmake 0.3. Source: its documentation, "Document definition object". Lengths are points. */

export interface PdfLayout {
  readonly hLineWidth?: (line: number) => number;
  readonly vLineWidth?: (line: number) => number;
  readonly hLineColor?: (line: number) => string;
  readonly paddingLeft?: () => number;
  readonly paddingRight?: () => number;
  readonly paddingTop?: () => number;
  readonly paddingBottom?: () => number;
  readonly fillColor?: (row: number) => string | null;
}

/** A block of a page, with one of `text`, `stack`, `columns` and `table`. */
export interface PdfNode {
  readonly text?: string | readonly PdfNode[];
  readonly stack?: readonly PdfContent[];
  readonly columns?: readonly PdfContent[];
  readonly columnGap?: number;
  readonly table?: {
    readonly headerRows?: number;
    readonly dontBreakRows?: boolean;
    readonly widths: readonly (number | '*' | 'auto')[];
    readonly body: readonly (readonly PdfContent[])[];
  };
  readonly layout?: PdfLayout;
  /** Of a block among `columns`. */
  readonly width?: number | '*' | 'auto';
  readonly colSpan?: number;
  /** Left, top, right, bottom. */
  readonly margin?: readonly [number, number, number, number];
  readonly alignment?: 'left' | 'right' | 'center';
  readonly pageBreak?: 'before' | 'after';
  readonly font?: string;
  readonly fontSize?: number;
  readonly lineHeight?: number;
  readonly bold?: boolean;
  readonly color?: string;
  readonly characterSpacing?: number;
}

export type PdfContent = string | PdfNode | readonly PdfContent[];

export interface PdfDocument {
  readonly info: {
    readonly title: string;
    readonly subject: string;
    readonly author: string;
    readonly creator: string;
    readonly creationDate: Date;
  };
  /** Whether a viewer's window shows the title rather than the file's name. */
  readonly displayTitle: boolean;
  readonly pageSize: 'A4';
  readonly pageOrientation: 'landscape';
  readonly pageMargins: readonly [number, number, number, number];
  readonly defaultStyle: PdfNode;
  readonly header: (page: number) => PdfContent;
  readonly footer: (page: number, pages: number) => PdfContent;
  readonly content: readonly PdfContent[];
}

/** A document of no pages of ours, which opens its fonts all the same. */
export interface EmptyDocument {
  readonly content: readonly [];
  readonly defaultStyle: PdfNode;
}

/** What is written to: pdfkit's document, with pdfmake's way to its fonts, as fontkit has read them. */
export interface OpenDocument {
  provideFont(
    name: string,
    bold: boolean,
    italics: boolean,
  ): { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}

/** pdfmake itself. */
export interface PdfMaker {
  /** Font files by the name of the font. */
  setFonts(fonts: Readonly<Record<string, { readonly normal: string; readonly bold: string }>>): void;
  /** Which files a document may open; a refused one makes it fail. */
  setLocalAccessPolicy(isAllowed: (path: string) => boolean): void;
  setUrlAccessPolicy(isAllowed: (url: string) => boolean): void;
  createPdf(document: PdfDocument | EmptyDocument): {
    getBuffer(): Promise<Buffer>;
    getStream(): Promise<OpenDocument>;
  };
}
