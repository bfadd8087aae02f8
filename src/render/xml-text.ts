/** `text` as it may stand in an XML element or in an attribute between double quotes. Make it safe (`safeText`) before. */
export function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
