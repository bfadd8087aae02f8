class Widget { constructor(n) { this.label = `widget ${n}` } onResize(size) { this.size = size } }
const resizeHandlers = []
export function leak(n) { resizeHandlers.push(new Widget(n).onResize.bind(new Widget(n))) }
export function healthy(n) {
  const handler = new Widget(n).onResize.bind(new Widget(n))
  resizeHandlers.push(handler)
  resizeHandlers.splice(resizeHandlers.indexOf(handler), 1)
}
