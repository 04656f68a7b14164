// The one door to pdfmake. Its published types bring those of the browser into the whole program, so that code for Node.js
// is checked against the wrong globals; pdf-document.ts types what we use of it.
export { default } from 'pdfmake';
