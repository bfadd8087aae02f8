// One program for every way a hunted program may misbehave: node troubled.mjs <trouble>
import { createServer } from 'node:http'

const trouble = process.argv[2]
let requests = 0

function serve(answer) {
  const server = createServer((request, response) => {
    requests++
    answer(request, response)
  })
  server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
}

const troubles = {
  'exits at once': () => {
    console.error('cannot read config.json')
    process.exit(3)
  },
  'crashes midway': () =>
    serve((_, response) => {
      if (requests > 40) throw new Error('the database is gone')
      response.end('ok')
    }),
  'never listens': () => setInterval(() => {}, 1000),
  'answers 500': () => serve((_, response) => response.writeHead(500).end('no')),
  'hangs': () => serve(() => {}),
  'handles SIGUSR1': () => {
    process.on('SIGUSR1', () => {})
    serve((_, response) => response.end('ok'))
  },
  'serves': () => serve((_, response) => response.end('ok')),
  'refuses to end': () => {
    process.on('SIGTERM', () => {})
    process.on('SIGINT', () => {})
    serve((_, response) => response.end('ok'))
  },
  'finishes early': () => {
    let done = 0
    const timer = setInterval(() => {
      if (++done % 10 === 0) console.log(`ops ${done}`)
      if (done === 60) clearInterval(timer)
    }, 2)
  },
}
troubles[trouble]()
