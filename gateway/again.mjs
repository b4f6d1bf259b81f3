// What every part that tries again needs: growing pauses, and an error in plain words.

const LONGEST_MS = 60_000
// Node's and axios' codes for "there is no way to that host now" (node: errors, dns; axios: AxiosError).
const UNREACHABLE = /^(EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ERR_NETWORK|ETIMEDOUT)$/

export const wait = ms => new Promise(resolve => { setTimeout(resolve, ms) })

// Milliseconds to wait, doubling up to a minute, without end; a quarter of each is drawn by lot.
export function * pauses (first = 2_000) {
  for (let ms = first; ; ms = Math.min(2 * ms, LONGEST_MS)) yield ms * (0.75 + Math.random() / 4)
}

// One sentence. Puppets wrap errors in JSON, in `gerror` or in `data`; an AggregateError has no words of its own.
export function why (error) {
  const inner = unwrapped(error)
  const code = inner?.code ?? inner?.cause?.code ?? inner?.errors?.[0]?.code
  const text = [inner?.message, inner?.details, code, inner].find(words => typeof words === 'string' && words) ?? 'unknown'
  return UNREACHABLE.test(code ?? '') ? `no connection (${text}); is there a network?` : text.slice(0, 300)
}

function unwrapped (error) {
  const packed = error?.gerror ?? error?.data
  if (typeof packed !== 'string') return error
  try {
    return unwrapped(JSON.parse(packed))
  } catch {
    return packed
  }
}
