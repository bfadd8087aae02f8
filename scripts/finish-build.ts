// What `tsc` leaves to be done: the command must be executable.
import { chmodSync } from 'node:fs'

chmodSync('dist/cli/main.js', 0o755)
