// The Wechaty gateway for Node, as it is, over the mock puppet: what the chat link is tested against.
//
//   node gateway.mjs CONTROL_PORT
//
// The control port, on loopback, takes POST /NAME with a JSON object, and answers JSON; NAMEs are the keys of `controls`
// below. `open` starts a gateway with an account of its own, on loopback too, and ends the one before. A line "ready" on
// standard output says that the control port is open. The process ends with its standard input.

import fs from 'node:fs'
import http from 'node:http'

import { FileBox } from 'file-box'
import * as PUPPET from 'wechaty-puppet'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
import { PuppetServer } from 'wechaty-puppet-service'

// Remembers what the client sends, and counts what would cost a real account its login.
class RecordingPuppet extends PuppetMock {

  calls = { logout: 0, start: 0, stop: 0 }
  sent = []
  answering = Promise.resolve()

  async messageSendText (conversation, text) {
    await super.messageSendText(conversation, text)
    this.sent.push({ conversation, data: '', kind: 'text', name: '', text })
  }

  async messageSendFile (conversation, file) {
    const data = await file.toBase64()
    await super.messageSendFile(conversation, FileBox.fromBase64(data, file.name))
    this.sent.push({ conversation, data, kind: 'file', name: file.name, text: '' })
  }

  async messageRawPayload (id) {
    await this.answering
    return super.messageRawPayload(id)
  }

  async start () {
    this.calls.start += 1
    return super.start()
  }

  async stop () {
    this.calls.stop += 1
    return super.stop()
  }

  async logout (reason) {
    this.calls.logout += 1
    return super.logout(reason)
  }

}

let mocker, puppet, server
let people = {}
let release = () => {}

async function close () {
  release()
  if (server) await server.stop()
  server = undefined
}

// `pem`: a file with a certificate and its key, for TLS.
async function open ({ pem, port, token }) {
  await close()
  mocker = new mock.Mocker()
  puppet = new RecordingPuppet({ mocker })
  people = {}
  const secret = pem && fs.readFileSync(pem, 'utf8')
  const tls = pem ? { serverCert: secret, serverKey: secret } : { disable: true }
  server = new PuppetServer({ endpoint: `127.0.0.1:${port}`, puppet, tls, token })
  await server.start()
}

const controls = {
  add_contact: ({ alias, id, name }) => {
    const type = PUPPET.types.Contact.Individual
    people[id] = mocker.createContact({ alias, friend: true, id, name, type })
  },
  add_room: ({ id, members, topic }) => {
    people[id] = mocker.createRoom({ adminIdList: [], id, memberIdList: members, ownerId: members[0], topic })
  },
  calls: () => puppet.calls,
  close,
  emit: ({ event, payload }) => { puppet.emit(event, payload) },
  hold: ({ held }) => {
    release()
    if (held) puppet.answering = new Promise(resolve => { release = resolve })
  },
  login: ({ id }) => { mocker.login(people[id]) },
  logout: () => puppet.logout('asked by the test'),
  open,
  receive: ({ from, mentions, texts, to }) => {
    for (const text of texts) people[from].say(text, mentions.map(id => people[id])).to(people[to])
  },
  receive_file: ({ data, from, name, to }) => { people[from].say(FileBox.fromBase64(data, name)).to(people[to]) },
  receive_other: ({ from, id, text, to, type }) => {
    mocker.MessageMock.create({ id, listenerId: to, talkerId: from, text, timestamp: Date.now(), type })
    puppet.emit('message', { messageId: id })
  },
  scan: ({ payload, status }) => { mocker.scan(payload, status) },
  sent: () => puppet.sent,
}

async function answer (request, response) {
  try {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const name = new URL(request.url, 'http://control').pathname.slice(1)
    const result = await controls[name](JSON.parse(Buffer.concat(chunks).toString() || '{}'))
    response.end(JSON.stringify(result ?? null))
  } catch (error) {
    response.statusCode = 500
    response.end(String(error?.stack))
  }
}

process.stdin.on('end', () => process.exit()).resume()
http.createServer(answer).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))
