// wechaty-puppet-wechat4u 1.14.14 over wechat4u 0.7.14, made to keep its login.
//
// As they are, the login is given up, and a scan is due, whenever WeChat could not be reached for a minute (restart()
// in wechat4u/src/wechat.js), when the puppet is stopped or reset by its watchdog (stop() sends a logout), and when any
// contact sends three emojis of a certain kind (handleMsg()); and without a network start() repeats itself at once, for
// ever. Here:
//
//   asked to start      a code is asked for until one is scanned; growing pauses between failures
//   asked to restart    the session there is is tried until WeChat takes it, or says that it is over
//   asked to stop       the same: whether the login is over is for WeChat to say
//   the puppet stops    it only falls silent

import { PuppetWechat4u } from 'wechaty-puppet-wechat4u'

import { pauses, wait, why } from './again.mjs'

// WeChat answered, but not with success: after so many times in a row the session counts as over.
const MOST_REFUSALS = 4

export class KeptWechat4u extends PuppetWechat4u {

  #firstPauseMs

  constructor ({ firstPauseMs, ...options } = {}) {
    super(options)
    this.#firstPauseMs = firstPauseMs
  }

  monkeyPatch (wechat4u) {
    super.monkeyPatch(wechat4u)
    const resume = alone(() => this.#resume(wechat4u))
    wechat4u.start = alone(() => this.#logIn(wechat4u))
    wechat4u.restart = resume
    wechat4u.stop = resume
  }

  // A login after a login is the same session taken up again; upstream throws.
  async login (userId) {
    if (this.isLoggedIn && this.currentUserId === userId) return
    if (this.isLoggedIn) await this.logout('taken up again under another id')
    super.login(userId)
  }

  async onStop () {
    const { wechat4u } = this
    this.wechat4u = undefined
    clearTimeout(this._heartBeatTimer)
    this._heartBeatTimer = undefined
    clearInterval(this.getContactInterval)
    this.getContactInterval = undefined
    if (wechat4u) wechat4u.state = wechat4u.CONF.STATE.logout // its timers look at this, and end
  }

  async #logIn (wechat4u) {
    let pause = pauses(this.#firstPauseMs)
    while (this.wechat4u === wechat4u) {
      const codeBefore = this.scanQrCode
      try {
        await wechat4u._login()
        if (await this.#resume(wechat4u)) return
      } catch (error) {
        if (this.scanQrCode !== codeBefore) pause = pauses(this.#firstPauseMs) // there was a code, and nobody scanned it
        await this.#later('a login code', error, pause.next().value)
      }
    }
  }

  // True where the account is logged in then; false where WeChat says that it is not.
  async #resume (wechat4u) {
    let refusals = 0
    for (const ms of pauses(this.#firstPauseMs)) {
      if (this.wechat4u !== wechat4u) return true
      try {
        await wechat4u._init()
        return true
      } catch (error) {
        refusals = isRefusal(error) ? refusals + 1 : 0
        if (isOver(error) || refusals === MOST_REFUSALS) break
        await this.#later('the session', error, ms)
      }
    }
    wechat4u.state = wechat4u.CONF.STATE.logout
    wechat4u.emit('logout') // upstream forgets the session and asks for a code
    return false
  }

  async #later (what, error, ms) {
    const words = isRefusal(error) ? `WeChat answered ${error.actual}` : why(error)
    const told = new Error(`${what}: ${words}; trying again in ${Math.ceil(ms / 1000)} s`)
    told.stack = '' // clients get it too, and log it
    this.emit('error', told)
    await wait(ms)
  }

}

export default KeptWechat4u

// `work` runs once at a time: who asks meanwhile waits for the same end.
function alone (work) {
  let running
  return () => {
    running ??= work().finally(() => { running = undefined })
    return running
  }
}

// wechat4u's AlreadyLogoutError (src/core.js), which the package does not export.
const isOver = error => error?.message === 'already logout'
// wechat4u asserts the codes in WeChat's answers.
const isRefusal = error => error?.code === 'ERR_ASSERTION'
