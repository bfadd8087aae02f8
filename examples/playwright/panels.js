// Panels of a page: the tidy one takes its listener back, the leaky one forgets to.
class Panel {
  rows = Array.from({ length: 1000 }, (_, index) => `row ${index}`)

  constructor() {
    this.element = document.createElement('section')
    this.element.textContent = 'panel'
    document.querySelector('#place').append(this.element)
  }

  close() {
    this.element.remove()
    // Where an object ends, the page says so.
    window.shouldGoAway?.(this)
    window.shouldGoAway?.(this.element, 'the panel on the screen')
  }
}

class TidyPanel extends Panel {
  #onResize = () => this.rows.length

  constructor() {
    super()
    window.addEventListener('resize', this.#onResize)
  }

  close() {
    window.removeEventListener('resize', this.#onResize)
    super.close()
  }
}

class LeakyPanel extends Panel {
  constructor() {
    super()
    window.addEventListener('resize', () => this.rows.length)
  }
}

let panel
document.querySelector('#open-tidy').onclick = () => (panel = new TidyPanel())
document.querySelector('#open-leaky').onclick = () => (panel = new LeakyPanel())
document.querySelector('#close').onclick = () => {
  console.log('closing', panel)
  panel.close()
  panel = undefined
}
