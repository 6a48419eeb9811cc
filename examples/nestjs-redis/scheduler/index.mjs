// The function that EventBridge Scheduler invokes: it makes one HTTP request, and fails where that was not taken well, so that
// Lambda tries again (twice, unless the function's asynchronous configuration says otherwise) and a dead-letter queue sees it.
//
//   input      {"method": "POST", "url": "/jobs/report", "headers": {…}, "body": {…}, "timeout": 30}; only `url` is needed
//   ORIGIN     where requests may go, such as https://api.example.com: the secret is sent nowhere else
//   SECRET_ID  the shared secret in Secrets Manager, by name or ARN, read through the layer
//              AWS-Parameters-and-Secrets-Lambda-Extension: it is in no configuration, and a new value is seen in five minutes

/** How much of an answer is shown, in characters. */
const MOST = 2048

/**
 * @param {{method?: string, url?: string, headers?: Record<string, string>, body?: unknown, timeout?: number}} input
 * @param {{getRemainingTimeInMillis?: () => number}} [context]
 */
export async function handler({ method = 'POST', url, headers = {}, body, timeout = 30 }, context) {
  const target = within(process.env.ORIGIN, url)
  const secret = await readSecret(process.env.SECRET_ID)
  const sent = new Headers(headers)
  sent.set('x-schedule-secret', secret)
  if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json')
  // What this function says itself tells more than Lambda's own end of it.
  const left = context?.getRemainingTimeInMillis?.() ?? Infinity
  const signal = AbortSignal.timeout(Math.max(1, Math.min(timeout * 1000, left - 500)))
  try {
    const response = await fetch(target, {
      method,
      headers: sent,
      body: typeof body === 'string' ? body : body === undefined ? null : JSON.stringify(body),
      redirect: 'manual', // it would be followed without its body, or to where the secret must not go
      signal,
    })
    const answer = { status: response.status, body: await beginning(response, secret) }
    if (!response.ok) throw new Error(`${method} ${target} was answered ${answer.status}: ${answer.body}`)
    console.log(`${method} ${target}: ${answer.status}`)
    return answer
  } catch (error) {
    if (signal.aborted) throw new Error(`${method} ${target} was not answered in time`)
    if (!(error instanceof TypeError)) throw error
    const cause = error.cause instanceof Error ? error.cause : error // fetch itself says no more than that it failed
    throw new Error(`${method} ${target}: ${cause.message}`)
  }
}

/** @param {string | undefined} origin @param {string | undefined} url */
function within(origin, url) {
  if (!origin) throw new Error('ORIGIN must be set')
  if (!url || !URL.canParse(url, origin)) throw new Error('the input needs a url')
  const target = new URL(url, origin)
  if (target.origin !== new URL(origin).origin) throw new Error(`the url is not within ${origin}`)
  return target
}

/** @param {string | undefined} id @returns {Promise<string>} */
async function readSecret(id) {
  if (!id) throw new Error('SECRET_ID must be set')
  const port = process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? 2773
  const url = `http://localhost:${port}/secretsmanager/get?secretId=${encodeURIComponent(id)}`
  const response = await fetch(url, {
    headers: { 'x-aws-parameters-secrets-token': process.env.AWS_SESSION_TOKEN ?? '' },
    signal: AbortSignal.timeout(10_000),
  }).catch(() => {
    throw new Error('the layer AWS-Parameters-and-Secrets-Lambda-Extension does not answer')
  })
  if (!response.ok) throw new Error(`the secret ${id} cannot be read: ${response.status}`)
  const { SecretString: secret } = await response.json()
  // What does not fit in a header would be shown by the error that says so.
  if (!/^[\x21-\x7e]+$/.test(secret ?? '')) throw new Error(`the secret ${id} is not one word of plain ASCII`)
  return secret
}

/** The beginning of an answer without the secret, should it say it; the rest is not waited for. @param {Response} response @param {string} secret */
async function beginning(response, secret) {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    // As far as a secret reaches that begins within.
    if (text.length >= MOST + secret.length) break
  }
  const shown = text.replaceAll(secret, '…')
  return shown.length > MOST ? `${shown.slice(0, MOST)}…` : shown
}
