// The Wechaty gateway of `nlops gateway`: one puppet behind gRPC on loopback, for who knows the token.
//
//   parent → standard input, a line of JSON:
//     {"port": 8788, "token": "…", "puppet": "wechaty-puppet-wechat4u", "session": "/…/session.json"}
//   standard output → parent, a line of JSON each, `event` being one of
//     listening {port}, starting, scan {status, payload}, login {name}, logout {why}, trouble {why},
//     kept {why} (something that would have cost the login was not done), failed {why} (the end), closed (the end)
//   standard error: whatever the libraries print.
//
// The parent keeps standard input open for as long as it lives; its end is this program's end. The puppet is started
// here and never stopped: what a puppet's stop does is its own business, and the web puppet's logs the account out.

import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const SAVE_EVERY_MS = 60_000
const LEAVE_WITHIN_MS = 3_000

process.umask(0o077) // the session is worth as much as the account
// Libraries write to standard output as they like: what they write goes to standard error.
process.stdout.write = process.stderr.write.bind(process.stderr)

const stdin = createInterface({ input: process.stdin })
let leave = () => process.exit(0) // until there is something to save
stdin.on('close', () => leave())
const order = JSON.parse((await stdin[Symbol.asyncIterator]().next()).value)

const { PuppetServer } = await import('wechaty-puppet-service')
const { pauses, wait, why } = await import('./again.mjs')
const { openSession } = await import('./session.mjs')

process.on('unhandledRejection', error => tell('trouble', { why: `a promise was rejected: ${why(error)}` }))

function tell (event, fields = {}) {
  try {
    writeSync(1, JSON.stringify({ event, ...fields }) + '\n')
  } catch (error) {
    if (error.code !== 'EPIPE') throw error // the parent is gone; standard input says so too
  }
}

// A puppet's class, however its package exports it: as ES module, as CommonJS, by name or by default.
async function puppetClass (name) {
  const module = await import(name === 'wechaty-puppet-wechat4u' ? './wechat4u.mjs' : name)
  const found = [module.default, module.default?.default, ...Object.values(module)]
    .find(value => typeof value === 'function' && typeof value.prototype?.onStart === 'function')
  if (!found) throw new Error(`${name} is no Wechaty puppet: it exports no class with onStart()`)
  return found
}

// What the puppet tells, for the parent.
function listen (puppet) {
  puppet.on('scan', ({ qrcode, status }) => tell('scan', { payload: qrcode || '', status }))
  puppet.on('logout', ({ data }) => tell('logout', { why: data || '' }))
  puppet.on('error', error => tell('trouble', { why: why(error) }))
  puppet.on('login', async ({ contactId }) => {
    const { alias, name } = await puppet.contactPayload(contactId).catch(() => ({}))
    tell('login', { name: alias || name || contactId })
  })
}

// The puppet for clients: they can neither start nor stop it. All else is the puppet's own.
function asClientsSeeIt (puppet) {
  const instead = {
    start: async () => {},
    stop: async () => tell('kept', { why: 'a client asked to stop the puppet, which may log the account out' }),
  }
  return new Proxy(puppet, {
    get (target, name) {
      const value = instead[name] ?? Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function startForever (puppet) {
  for (const ms of pauses()) {
    try {
      tell('starting')
      return await puppet.start()
    } catch (error) {
      tell('trouble', { why: `the puppet does not start: ${why(error)}; trying again in ${Math.round(ms / 1000)} s` })
    }
    await wait(ms)
  }
}

async function main () {
  const session = await openSession(order.session, text => tell('trouble', { why: text }))
  const puppet = new (await puppetClass(order.puppet))()
  puppet.setMemory?.(session)
  listen(puppet)
  const endpoint = `127.0.0.1:${order.port}`
  const options = { endpoint, puppet: asClientsSeeIt(puppet), tls: { disable: true }, token: order.token }
  const server = new PuppetServer(options)

  const save = () => session.save().catch(error => tell('trouble', { why: `the session is not saved: ${why(error)}` }))
  leave = async () => {
    leave = () => {}
    setTimeout(() => process.exit(1), LEAVE_WITHIN_MS)
    await save()
    await server.stop()
    tell('closed')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => leave())

  await server.start()
  tell('listening', { port: order.port })
  setInterval(save, SAVE_EVERY_MS)
  await startForever(puppet)
}

main().catch(error => {
  tell('failed', { why: why(error) })
  process.exit(1)
})
