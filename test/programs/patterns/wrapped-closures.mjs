let handle = (request) => request
class Middleware { constructor(n) { this.name = `middleware ${n}` } apply(request) { return request } }
export function leak(n) {
  const next = handle
  const middleware = new Middleware(n)
  handle = (request) => next(middleware.apply(request))
}
export function healthy(n) {
  const middleware = new Middleware(n)
  handle = (request) => middleware.apply(request)
}
