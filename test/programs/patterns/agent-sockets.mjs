import http from 'node:http'
const agent = new http.Agent({ keepAlive: true, maxSockets: 0 })
// Requests that wait for a socket which never comes: the agent keeps a list for each host.
export function leak(n) {
  const request = http.get({ agent, host: `tenant-${n}.invalid`, lookup: (_name, _options, callback) => void callback, path: '/' })
  request.on('error', () => {})
}
export function healthy() {}
