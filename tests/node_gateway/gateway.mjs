// The Wechaty gateway for Node, as it is, over the mock puppet: what the chat link is tested against.
//
//   node gateway.mjs GRPC_PORT CONTROL_PORT TOKEN
//
// Both ports are on loopback. The control port takes POST /NAME with a JSON object, and answers JSON; NAMEs are the keys
// of `controls` below. A line "ready" on standard output says that both are open.

import http from 'node:http'

import { FileBox } from 'file-box'
import * as PUPPET from 'wechaty-puppet'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
import { PuppetServer } from 'wechaty-puppet-service'

const [grpcPort, controlPort, token] = process.argv.slice(2)

const sent = []
const calls = { logout: 0, start: 0, stop: 0 }

// Remembers what the client sends, and counts what would cost a real account its login.
class RecordingPuppet extends PuppetMock {

  async messageSendText (conversation, text) {
    await super.messageSendText(conversation, text)
    sent.push({ conversation, data: '', kind: 'text', name: '', text })
  }

  async messageSendFile (conversation, file) {
    const data = await file.toBase64()
    await super.messageSendFile(conversation, FileBox.fromBase64(data, file.name))
    sent.push({ conversation, data, kind: 'file', name: file.name, text: '' })
  }

  async start () {
    calls.start += 1
    return super.start()
  }

  async stop () {
    calls.stop += 1
    return super.stop()
  }

  async logout (reason) {
    calls.logout += 1
    return super.logout(reason)
  }

}

const mocker = new mock.Mocker()
const puppet = new RecordingPuppet({ mocker })
const people = {}

const controls = {
  add_contact: ({ alias, id, name }) => {
    const type = PUPPET.types.Contact.Individual
    people[id] = mocker.createContact({ alias, friend: true, id, name, type })
  },
  add_room: ({ id, members, topic }) => {
    people[id] = mocker.createRoom({ adminIdList: [], id, memberIdList: members, ownerId: members[0], topic })
  },
  calls: () => calls,
  emit: ({ event, payload }) => { puppet.emit(event, payload) },
  login: ({ id }) => { mocker.login(people[id]) },
  logout: () => puppet.logout('asked by the test'),
  receive: ({ from, mentions, texts, to }) => {
    for (const text of texts) people[from].say(text, mentions.map(id => people[id])).to(people[to])
  },
  scan: ({ payload, status }) => { mocker.scan(payload, status) },
  sent: () => sent,
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

const server = new PuppetServer({ endpoint: `127.0.0.1:${grpcPort}`, puppet, tls: { disable: true }, token })
await server.start()
http.createServer(answer).listen(Number(controlPort), '127.0.0.1', () => console.log('ready'))
