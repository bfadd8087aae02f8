// What is made from the report's schema: the JSON Schema for others, and the tables people read.
import { toJsonSchema } from '@valibot/to-json-schema'
import { REPORT_PARTS, ReportSchema } from '../src/render/report-schema.ts'

interface JsonSchema {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  items?: JsonSchema
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
}

/** JSON Schema (draft 7) of the report; objects are open, since later versions may add fields. */
export function publishedSchema(): string {
  const schema = toJsonSchema(ReportSchema, { errorMode: 'throw' })
  const open = JSON.stringify({ title: 'Report of stillhere', ...schema }, (key, value: unknown) => (key === 'additionalProperties' && value === false ? undefined : value), 2)
  return `${open}\n`
}

/** `markdown` with the table between `<!-- fields: Name -->` and `<!-- end -->` made anew. */
export function withTables(markdown: string): string {
  return markdown.replace(/(<!-- fields: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g, (_whole, start: string, name: string, end: string) => {
    const part = REPORT_PARTS[name as keyof typeof REPORT_PARTS]
    if (part === undefined) throw new Error(`docs/report.md asks for the fields of ${name}; known are ${Object.keys(REPORT_PARTS).join(', ')}`)
    return `${start}${table(toJsonSchema(part, { errorMode: 'throw' }) as JsonSchema)}${end}`
  })
}

function table({ properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).map(([name, schema]) => `| \`${name}\`${required.includes(name) ? '' : '?'} | ${typeText(schema)} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`)
  return ['| field | type | meaning |', '|---|---|---|', ...rows, ''].join('\n')
}

function typeText(schema: JsonSchema): string {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return [...new Set(choices.map(typeText))].join(' or ')
  if (schema.enum !== undefined) return schema.enum.length > 5 ? schema.enum.map((each) => `\`${String(each)}\``).join(' ') : schema.enum.map((each) => `\`${String(each)}\``).join(' \\| ')
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const).replaceAll('"', '')}\``
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`
  return partNamed(schema) ?? (schema.type === 'object' && schema.properties !== undefined ? `{ ${Object.keys(schema.properties).join(', ')} }` : (schema.type ?? 'anything'))
}

/** The name of the part that has exactly these fields, linked to its section. */
function partNamed({ properties }: JsonSchema): string | undefined {
  if (properties === undefined) return undefined
  const fields = Object.keys(properties).join()
  const found = Object.entries(REPORT_PARTS).find(([, part]) => Object.keys(part.entries).join() === fields)
  return found === undefined ? undefined : `[${found[0]}](#${found[0].toLowerCase()})`
}
