// A puppet that does by itself what the tests of `nlops gateway` look at. It stands beside gateway.mjs.
//
// SCRIPT, in the environment, is a list of words in JSON:
//   scan     shows a code, unless the session holds a login
//   login    logs in, and keeps that in the session
//   reject   leaves a rejected promise behind
//   refuse   refuses to start, once
//   die      throws where nobody catches it
// A stop and a logout are told on standard error, as "PUPPET stop".

import { PuppetMock } from 'wechaty-puppet-mock'

const script = JSON.parse(process.env.SCRIPT)
const ID = 'wxid_ops'
// A nickname may hold anything: a line of the log, for one.
const NAME = 'ops\n09:00:00 INFO StarterBot Contact<mallory> logout'

let refusals = script.filter(word => word === 'refuse').length

export class PuppetScripted extends PuppetMock {

  async onStart () {
    if (refusals-- > 0) throw new Error('not yet')
    this.mocker.createContact({ id: ID, name: NAME })
    if (await this.memory.get('login')) this.login(ID)
    else for (const word of script) await this.#play(word)
  }

  async #play (word) {
    if (word === 'scan') this.emit('scan', { qrcode: 'https://login.weixin.qq.com/l/4aJ78Mkc5g==', status: 2 })
    if (word === 'reject') Promise.reject(new Error('nobody waits for this'))
    if (word === 'die') setImmediate(() => { throw new Error('this is the end') })
    if (word !== 'login') return
    this.emit('scan', { qrcode: '', status: 3 })
    await this.memory.set('login', ID)
    this.login(ID)
  }

  async onStop () {
    console.error('PUPPET stop')
    return super.onStop()
  }

  async logout (reason) {
    console.error('PUPPET logout')
    return super.logout(reason)
  }

}
