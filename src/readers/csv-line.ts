/** The fields of one line of CSV (RFC 4180): commas, and quotes around fields that hold one, doubled inside. */
export function splitCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  let field = ''
  for (let at = 0; at < line.length; at++) {
    if (line[at] === ',') {
      fields.push(field)
      field = ''
    } else if (line[at] === '"' && field === '') {
      for (at++; at < line.length; at++) {
        if (line[at] !== '"') field += line[at]!
        else if (line[at + 1] === '"') field += line[at++]!
        else break
      }
    } else field += line[at]!
  }
  fields.push(field)
  return fields
}
