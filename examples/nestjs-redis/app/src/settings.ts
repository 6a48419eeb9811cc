// What the environment says. What is missing or wrong ends the start, before anything is connected.

export class Settings {
  readonly port = port('PORT', 3000)
  readonly redis = { host: process.env['REDIS_HOST'] || 'localhost', port: port('REDIS_PORT', 6379) }
  /** What a call of the schedule must know. */
  readonly secret = secret('SCHEDULE_SECRET')
  /** Where reports are sent; they are only kept where it is not given. */
  readonly reports = address('REPORT_URL')
}

function port(name: string, otherwise: number): number {
  const value = Number(process.env[name] || otherwise)
  if (!Number.isInteger(value) || value < 0 || value > 65535) throw new Error(`${name} is no port`)
  return value
}

function secret(name: string): string {
  const value = process.env[name] ?? ''
  // It comes in a header.
  if (!/^[\x21-\x7e]{16,}$/.test(value)) throw new Error(`${name} must be set, to 16 or more plain ASCII characters without spaces`)
  return value
}

function address(name: string): URL | undefined {
  const value = process.env[name]
  if (value && !URL.canParse(value)) throw new Error(`${name} is no URL`)
  return value ? new URL(value) : undefined
}
