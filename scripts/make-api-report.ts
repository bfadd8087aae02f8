// Writes docs/api.d.ts from the built declarations.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiSurface } from './api-surface.ts'

const root = join(import.meta.dirname, '..')
writeFileSync(join(root, 'docs', 'api.d.ts'), apiSurface(root))
