// What a Wechaty bot in TypeScript needs so that nlops can watch it: the lines of `format = "starterbot"`
// (starterbot-pm2 under pm2). Call logForNlops(bot) before bot.start(). One line an event, whatever a nickname holds;
// the address is text, nobody asks that site. Do not print what people write to the bot with `StarterBot` before it.
import type { Contact, Wechaty } from 'wechaty'

const SCANS = ['Unknown', 'Cancel', 'Waiting', 'Scanned', 'Confirmed', 'Timeout']

function line (text: string): void {
  const oneLine = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
  console.log(`${new Date().toTimeString().slice(0, 8)} INFO StarterBot ${oneLine}`)
}

export function logForNlops (bot: Wechaty): void {
  line('Starter Bot Started.')
  bot.on('scan', (qrcode: string, status: number) => {
    const code = qrcode && [2, 5].includes(status) ? ` - https://wechaty.js.org/qrcode/${encodeURIComponent(qrcode)}` : ''
    line(`onScan: ${SCANS[status]}(${status})${code}`)
  })
  bot.on('login', (user: Contact) => line(`${user} login`))
  bot.on('logout', (user: Contact) => line(`${user} logout`))
}
