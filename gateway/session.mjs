// The session of an account in one private file, replaced as a whole: a crash in the middle of a write costs no scan.

import { open, readFile, rename, rm } from 'node:fs/promises'

import { MemoryCard } from 'memory-card'

// A MemoryCard that is kept in `file`, loaded. `say` gets a sentence where the file cannot be read as one.
export async function openSession (file, say) {
  const card = new FileCard({ file, name: 'session', say })
  await card.load()
  return card
}

class FileCard extends MemoryCard {

  #file
  #say
  #saved = Promise.resolve()

  constructor (options) {
    super(options)
    this.#file = options.file
    this.#say = options.say
  }

  async getStorage () {
    return {
      destroy: () => rm(this.#file, { force: true }),
      load: () => this.#read(),
      save: payload => this.#inTurn(JSON.stringify(payload)),
    }
  }

  async #read () {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8'))
    } catch (error) {
      if (error.code === 'ENOENT') return {}
      if (!(error instanceof SyntaxError)) throw error
      await rename(this.#file, `${this.#file}.broken`)
      this.#say(`${this.#file} is no session and was put aside as .broken; the account must be scanned in`)
      return {}
    }
  }

  // Saves follow each other: two at a time would share the file beside the final name.
  #inTurn (text) {
    this.#saved = this.#saved.catch(() => {}).then(() => this.#write(text))
    return this.#saved
  }

  async #write (text) {
    const part = `${this.#file}.part`
    const out = await open(part, 'w', 0o600)
    try {
      await out.writeFile(text)
      await out.sync()
    } finally {
      await out.close()
    }
    await rename(part, this.#file)
  }

}
