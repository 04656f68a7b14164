import type { PdfMaker } from './pdf-document.ts';

declare const pdfmake: PdfMaker;
export default pdfmake;
